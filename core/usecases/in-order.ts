/**
 * Runs pieces of work with the same key one after another, in this process. The order across processes is kept by the database where it matters; this only
 * spares two workers from doing the same thing at the same moment.
 */
export function createInOrder(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    // What waits behind it does not care how it ended; its own caller does.
    const settled = mine.catch(() => undefined);
    last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (last.get(key) === settled) last.delete(key);
    }
  };
}
