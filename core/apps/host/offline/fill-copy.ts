import type { InboxItem } from "../../../contract/inbox.ts";
import { broughtBy, type ListMessage } from "../../../contract/live-list.ts";
import type { RepositoryName } from "../../../domain/kernel/values.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Log } from "../../../ports/log.ts";
import type { Store } from "../../../ports/store.ts";
import { changes } from "../changes.ts";
import { issueOfPath, textKey } from "./answers/documents.ts";
import type { CopyAccess, HostReader } from "./offline.ts";
import { passing } from "./passing.ts";
import { isAway } from "./read-through.ts";

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
const newestClosed = 200;
const mostCards = 50;
/** So many requests are looked at in one round, whether their cards are wanted. */
const mostLooks = 1_000;
const mostDetails = 20;
const mostTexts = 40;
/** In the first round, and in later ones. */
const mostRuns = 500;
const newestRuns = 100;

/**
 * Keeps the copy filled with what the owner may want to read on the way, whether it was opened or not: the inbox with its cards, runs, the board, documents of open issues. It follows the event feed
 * until `signal` aborts, and asks for nothing as long as nothing has happened. What cannot be read in one round is read in the next.
 */
export async function fillCopy(deps: FillDependencies, signal: AbortSignal): Promise<void> {
  const { store, clock, access, log } = deps;
  const waiting = followWaiting(deps, signal);
  const rounds = createRounds(deps, waiting);
  let seen: number | undefined;
  for await (const _ of changes(store, clock, signal)) {
    if (access.link.state().phase === "away") continue;
    try {
      const head = (await store.transaction((tx) => tx.flow.head()))?.sequence ?? 0;
      if (head === seen && !rounds.isUnfinished()) continue;
      await rounds.next(head !== seen);
      seen = head;
    } catch (error) {
      // The link says so where it is the database, and the window where it is the forge.
      log.info({ err: error }, "a round of the offline copy was not finished");
    }
    await passing(clock, betweenRounds, signal);
  }
}

/** Requests that have come or gone since their cards were looked at, by id. */
type Touched = Map<string, "came" | "went">;

/** Filled until `signal` aborts. To follow the list is to have it noted on its way. */
function followWaiting({ client, clock, log }: FillDependencies, signal: AbortSignal): Touched {
  const touched: Touched = new Map();
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        for await (const message of await client.inbox.watch(undefined, { signal })) note(touched, message);
      } catch (error) {
        if (!signal.aborted) log.info({ err: error }, "the offline copy does not hear of requests for a while");
      }
      await passing(clock, betweenRounds, signal);
    }
  };
  void follow();
  return touched;
}

function note(touched: Touched, message: ListMessage<InboxItem>): void {
  for (const { id } of broughtBy(message)) touched.set(id, "came");
  for (const id of message.type === "changes" ? message.removed : []) touched.set(id, "went");
}

function createRounds({ client, access, clock }: FillDependencies, touched: Touched) {
  let unfinished = false;
  let boardAt = Number.NEGATIVE_INFINITY;
  let isBoardOld = false;
  let isFirst = true;
  /** Runs that were at work in the last round: what became of them is read once more. */
  let atWork: ReadonlySet<string> = new Set();
  /** Documents, by version, that could not be read: their branch is gone. They are not asked for again and again. */
  const unreadable = new Set<string>();

  const isUnfinished = (): boolean => unfinished || touched.size > 0;

  /** @param hasChanged whether anything has happened since the last one. */
  async function next(hasChanged: boolean): Promise<void> {
    isBoardOld ||= hasChanged;
    if (isBoardOld && clock.now() - boardAt >= betweenBoards) {
      // One that could not be read is tried again soon, but not in the next round: that is for what does not need the forge.
      boardAt = clock.now() - betweenBoards + 2 * betweenRounds;
      await client.board.stages();
      await client.board.limits();
      await client.board.cards({});
      boardAt = clock.now();
      isBoardOld = false;
    }
    if (!hasChanged && !isUnfinished()) return;
    unfinished = false;
    if (!(await fillInbox({ client, access }, touched))) unfinished = true;
    await fillRuns();
    for (const { repository } of await client.projects.list()) await fillDocuments(repository);
    access.note((copy) => void copy.shrink());
    isFirst = false;
  }

  async function fillRuns(): Promise<void> {
    await client.runs.list({ limit: isFirst ? mostRuns : newestRuns });
    const active = (await client.runs.list({ active: true, limit: mostDetails })).runs.map(({ id }) => id);
    for (const id of new Set([...atWork, ...active])) await client.runs.get({ id });
    atWork = new Set(active);
  }

  async function fillDocuments(repository: string): Promise<void> {
    const open = new Set(
      access
        .copy()
        ?.list("board-card", { repository: repository as RepositoryName })
        .map(({ key }) => key),
    );
    const rows = await client.documents.list({ repository });
    await client.documents.trace({ repository });
    const wanted = rows.filter(
      ({ path, hash }) => isOpen(repository, path, open) && !unreadable.has(`${repository} ${path} ${hash}`) && copiedHash(repository, path) !== hash,
    );
    for (const { path, hash } of wanted.slice(0, mostTexts)) {
      await client.documents.read({ repository, path }).catch((error: unknown) => {
        if (isAway(error)) throw error;
        unreadable.add(`${repository} ${path} ${hash}`);
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
  return { next, isUnfinished: () => isUnfinished() || isBoardOld };
}

/** Reads cards: of what waits now, and of what is decided by now. @returns whether these were all. */
async function fillInbox({ client, access }: Pick<FillDependencies, "client" | "access">, touched: Touched): Promise<boolean> {
  const copiedPhase = (id: string): string | undefined => (access.copy()?.get("request-card", id)?.content as { phase?: string } | undefined)?.phase;
  const closed = (await client.inbox.list({ closed: true, limit: newestClosed })).items;
  // What a card shows is bound when it is made; what becomes of it is its phase.
  const wanted = new Set(closed.flatMap(({ id, phase }) => (copiedPhase(id) === phase ? [] : id)));
  for (const [id, what] of [...touched].slice(0, mostLooks)) {
    if (wanted.size >= mostCards) break;
    touched.delete(id);
    if (what === "went" || copiedPhase(id) !== "requested") wanted.add(id);
  }
  for (const id of [...wanted].slice(0, mostCards)) await client.inbox.get({ id });
  return wanted.size <= mostCards;
}

/** Documents of an issue are kept while it is open; those of no issue are the project's own. */
function isOpen(repository: string, path: string, open: ReadonlySet<string>): boolean {
  const issue = issueOfPath(path);
  return issue === undefined || open.has(`${repository}#${issue}`);
}
