import type { RepositoryName } from "../../../domain/kernel/values.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Log } from "../../../ports/log.ts";
import type { Store } from "../../../ports/store.ts";
import { changes } from "../changes.ts";
import { issueOfPath, textKey } from "./answers/documents.ts";
import type { CopyAccess, HostReader } from "./offline.ts";
import { passing } from "./passing.ts";

export interface FillDependencies {
  /** The host's own procedures, read through the copy: asking is filling. */
  readonly client: HostReader;
  readonly access: CopyAccess;
  readonly store: Pick<Store, "onFlow" | "transaction">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two rounds at least: a copy need not be younger than that, and rounds must not be what a machine is busy with. */
const betweenRounds = 5_000;
/** The board asks the forge for every open issue. */
const betweenBoards = 30_000;
/** So many of each are read in one round; the next ones in the next. */
const mostCards = 50;
const mostTexts = 40;
const mostRuns = 500;

/**
 * Keeps the copy filled with what the owner may want to read on the way, whether it was opened or not: the inbox with its cards, runs, the board, documents of open issues. It follows the event feed
 * until `signal` aborts, and asks for nothing as long as nothing has happened. What cannot be read in one round is read in the next.
 */
export async function fillCopy(deps: FillDependencies, signal: AbortSignal): Promise<void> {
  const { store, clock, access, log } = deps;
  const rounds = createRounds(deps);
  let seen: number | undefined;
  for await (const _ of changes(store, clock, signal)) {
    if (access.link.state().phase === "away") continue;
    try {
      const head = (await store.transaction((tx) => tx.flow.head()))?.sequence ?? 0;
      if (head === seen && !rounds.isUnfinished()) continue;
      await rounds.next();
      seen = head;
    } catch (error) {
      // The link says so where it is the database, and the window where it is the forge.
      log.info({ err: error }, "a round of the offline copy was not finished");
    }
    await passing(clock, betweenRounds, signal);
  }
}

function createRounds({ client, access, clock }: FillDependencies) {
  let unfinished = false;
  let boardAt = 0;
  async function next(): Promise<void> {
    unfinished = false;
    await fillInbox();
    await client.runs.list({ limit: mostRuns });
    for (const run of (await client.runs.list({ active: true, limit: mostRuns })).runs.slice(0, mostCards)) await client.runs.get({ id: run.id });
    if (clock.now() - boardAt >= betweenBoards) {
      boardAt = clock.now();
      await client.board.stages();
      await client.board.cards({});
    }
    for (const { repository } of await client.projects.list()) await fillDocuments(repository);
    access.note((copy) => void copy.shrink());
  }

  async function fillInbox(): Promise<void> {
    const { items } = await client.inbox.list({ limit: mostRuns });
    const closed = (await client.inbox.list({ closed: true, limit: 200 })).items;
    const copy = access.copy();
    // A card of what waits may say something else by now; one that was closed does not change any more, once its consequence has happened.
    const unread = closed.filter(({ id, phase }) => (copy?.get("request-card", id)?.content as { phase?: string } | undefined)?.phase !== phase);
    const wanted = [...items, ...unread];
    for (const { id } of wanted.slice(0, mostCards)) await client.inbox.get({ id });
    if (wanted.length > mostCards && unread.length > 0) unfinished = true;
  }

  async function fillDocuments(repository: string): Promise<void> {
    const open = new Set(
      access
        .copy()
        ?.list("board-card", { repository: repository as RepositoryName })
        .map(({ key }) => key),
    );
    const rows = await client.documents.list({ repository });
    const wanted = rows.filter(({ path, hash }) => isOpen(repository, path, open) && copiedHash(repository, path) !== hash);
    for (const { path } of wanted.slice(0, mostTexts)) {
      // One that cannot be read (its branch is gone) keeps nobody from the others.
      await client.documents.read({ repository, path }).catch((error: unknown) => {
        if (access.link.state().phase === "away") throw error;
      });
    }
    if (wanted.length > mostTexts) unfinished = true;
    const closed = new Set(rows.flatMap(({ path }) => (isOpen(repository, path, open) ? [] : (issueOfPath(path) ?? []))));
    access.note((copy) => {
      for (const issue of closed) copy.closeIssue(repository as RepositoryName, issue, clock.now());
    });
  }

  function copiedHash(repository: string, path: string): string | undefined {
    const content = access.copy()?.get("text", textKey(repository, path))?.content as { document?: { hash?: string } } | undefined;
    return content?.document?.hash;
  }
  return { next, isUnfinished: () => unfinished };
}

/** Documents of an issue are kept while it is open; those of no issue are the project's own. */
function isOpen(repository: string, path: string, open: ReadonlySet<string>): boolean {
  const issue = issueOfPath(path);
  return issue === undefined || open.has(`${repository}#${issue}`);
}
