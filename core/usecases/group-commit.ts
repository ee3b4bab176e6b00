import { InfrastructureError } from "../ports/infrastructure-error.ts";

export interface GroupCommitOptions<Item, Outcome> {
  /** Stores all of them or none; gives the outcome of each, in order. */
  readonly commit: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  /** What an item takes of `maxWeight`. */
  readonly weigh: (item: Item) => number;
  /** One group. An item that is heavier than `maxWeight` is a group of its own. */
  readonly maxItems: number;
  readonly maxWeight: number;
  /** Items that may wait; one more is refused as `busy`, so that its sender comes again later and memory stays bounded. */
  readonly maxWaiting: number;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Stores what comes at the same time together, and answers each after the commit that it was part of. Nothing is held back to make a group larger: while one is stored,
 * the next one gathers, so a single item waits for nobody and a crowd shares the cost of its commits.
 *
 * A group that the database refuses is halved until what is wrong stands alone. When the database does not answer at all, the whole group fails at once.
 */
export function createGroupCommit<Item, Outcome>(options: GroupCommitOptions<Item, Outcome>): (item: Item) => Promise<Outcome> {
  const waiting: Waiting<Item, Outcome>[] = [];
  let busy = false;

  async function work(): Promise<void> {
    busy = true;
    // Everything that became ready in the same turn of the event loop comes along.
    await Promise.resolve();
    while (waiting.length > 0) await store(waiting.splice(0, nextGroup(waiting, options)), options);
    busy = false;
  }

  return (item) =>
    new Promise<Outcome>((resolve, reject) => {
      if (waiting.length >= options.maxWaiting)
        return reject(new InfrastructureError("busy", "Too much waits to be stored.", { retryable: true, retryAfter: 1_000 }));
      waiting.push({ item, resolve, reject });
      if (!busy) void work();
    });
}

function nextGroup<Item, Outcome>(waiting: readonly Waiting<Item, Outcome>[], options: GroupCommitOptions<Item, Outcome>): number {
  let [count, weight] = [0, 0];
  for (const { item } of waiting) {
    weight += options.weigh(item);
    if (count === options.maxItems || (count > 0 && weight > options.maxWeight)) break;
    count += 1;
  }
  return count;
}

/** Never throws: every outcome, and every failure, goes to who waits for it. */
async function store<Item, Outcome>(group: readonly Waiting<Item, Outcome>[], options: GroupCommitOptions<Item, Outcome>): Promise<void> {
  try {
    const outcomes = await options.commit(group.map(({ item }) => item));
    for (const [index, { resolve }] of group.entries()) resolve(outcomes[index] as Outcome);
  } catch (error) {
    if (group.length === 1 || isEverybodys(error)) for (const { reject } of group) reject(error);
    else {
      const half = group.length >> 1;
      await store(group.slice(0, half), options);
      await store(group.slice(half), options);
    }
  }
}

/** A failure that no single item can have caused: trying each would only ask a database that does not answer as many times again. */
function isEverybodys(error: unknown): boolean {
  return error instanceof InfrastructureError && error.code !== "internal" && error.code !== "conflict";
}
