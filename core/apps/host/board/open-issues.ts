import type { Instant, RepositoryName } from "../../../domain/kernel/values.ts";
import { defaultLabelNames, labelNames, type LabelNames } from "../../../domain/label/names.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Forge, ForgeIssue } from "../../../ports/forge.ts";

/** What the board shows of an issue. */
export type OpenIssue = Pick<ForgeIssue, "number" | "title" | "labels" | "updatedAt" | "parent" | "subIssues">;

/** The open issues of one repository. What is the same object as before has not changed: all of them, or one of them. */
export interface OpenIssues {
  readonly issues: ReadonlyMap<number, OpenIssue>;
  /** How the repository spells the labels that mean something. */
  readonly names: LabelNames;
}

/** Open issues as the forge has them, read once for everybody who looks at a board. */
export interface IssueShelf {
  /** @throws InfrastructureError when the forge has to be asked, and cannot be. */
  read(repository: RepositoryName): Promise<OpenIssues>;
  /** The forge may have something new: the next reading asks it. */
  heed(): void;
}

/** Milliseconds after which the forge is asked although nothing was heard of it: a webhook may be lost. */
const longestTrust = 30_000;
/** Milliseconds after which everything is read anew: an issue that was moved away or deleted is in no list of changes. */
const wholeAgain = 600_000;

interface Shelf {
  open?: OpenIssues;
  /** The newest change that was seen. */
  since: Instant;
  readWholeAt: number;
  askedAt: number;
  /** What had been heeded when it was last asked. */
  heeded: number;
  reading?: Promise<void> | undefined;
}

export function createIssueShelf({ ownerForge, clock }: { readonly ownerForge: Pick<Forge, "issuesSince" | "variables">; readonly clock: Clock }): IssueShelf {
  const shelves = new Map<RepositoryName, Shelf>();
  let heeded = 0;
  const isDue = (shelf: Shelf): boolean => shelf.open === undefined || shelf.heeded !== heeded || clock.now() - shelf.askedAt >= longestTrust;

  async function ask(repository: RepositoryName, shelf: Shelf): Promise<void> {
    const [asked, at] = [heeded, clock.now()];
    const isWhole = shelf.open === undefined || at - shelf.readWholeAt >= wholeAgain;
    const [changed, variables] = await Promise.all([
      isWhole ? ownerForge.issuesSince(repository, 0 as Instant) : ownerForge.issuesSince(repository, shelf.since, "all"),
      ownerForge.variables(repository),
    ]);
    shelf.open = settled(shelf.open, isWhole ? changed : undefined, changed, variables);
    shelf.since = changed.reduce((newest, { updatedAt }) => (updatedAt > newest ? updatedAt : newest), shelf.since);
    if (isWhole) shelf.readWholeAt = at;
    shelf.askedAt = at;
    shelf.heeded = asked;
  }

  return {
    heed: () => void (heeded += 1),
    async read(repository) {
      const shelf = shelves.get(repository) ?? { since: 0 as Instant, readWholeAt: 0, askedAt: 0, heeded };
      shelves.set(repository, shelf);
      // A reading that was under way may have begun before what was heeded; the one after it has not.
      for (let times = 0; times < 2 && isDue(shelf); times += 1) {
        shelf.reading ??= ask(repository, shelf).finally(() => (shelf.reading = undefined));
        await shelf.reading;
      }
      return shelf.open as OpenIssues;
    },
  };
}

/** @param whole all open issues, where they were read. */
function settled(
  before: OpenIssues | undefined,
  whole: readonly ForgeIssue[] | undefined,
  changed: readonly ForgeIssue[],
  variables: ReadonlyMap<string, string>,
): OpenIssues {
  const issues = new Map(whole ? [] : before?.issues);
  let isOther = before === undefined || (whole !== undefined && whole.length !== before.issues.size);
  for (const issue of changed) {
    const known = before?.issues.get(issue.number);
    const { number, title, labels, updatedAt, parent, subIssues } = issue;
    const shown: OpenIssue = { number, title, labels, updatedAt, parent, subIssues };
    const isSame = known !== undefined && JSON.stringify(known) === JSON.stringify(shown);
    if (issue.state === "open") issues.set(issue.number, isSame ? known : shown);
    else issues.delete(issue.number);
    isOther ||= issue.state === "open" ? !isSame : known !== undefined;
  }
  const read = labelNames(variables);
  const names = read.ok ? read.value : defaultLabelNames;
  const hasNames = before !== undefined && JSON.stringify(before.names) === JSON.stringify(names);
  return before !== undefined && hasNames && !isOther ? before : { issues, names: hasNames ? before.names : names };
}
