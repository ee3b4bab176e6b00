import type { FlowEvent } from "../domain/audit/flow-event.ts";
import type { Store } from "../ports/store.ts";

/** Large enough that the way to the database does not count, small enough to be a megabyte or two. */
const pageSize = 2_000;

/**
 * The trail after `sequence` in pages, in order. The next page is on its way while the last one is looked at, so at most two are in memory, however long the trail is.
 */
export async function* trailPages(store: Store, sequence = 0, size = pageSize): AsyncGenerator<readonly FlowEvent[], void> {
  const read = (after: number): Promise<readonly FlowEvent[]> => store.transaction((tx) => tx.flow.after(after, size));
  let page = await read(sequence);
  while (page.length > 0) {
    const last = page.at(-1);
    const next = page.length < size || !last ? Promise.resolve([]) : read(last.sequence);
    // Whoever stops in between leaves a page that nobody waits for; its failure then concerns nobody.
    next.catch(() => undefined);
    yield page;
    page = await next;
  }
}
