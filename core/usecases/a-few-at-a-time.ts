/**
 * Lets a few pieces of work be under way at once; the others wait in the order in which they came, and begin as soon as one ends, however it ends.
 */
export function createAFewAtATime(few: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  return async (work) => {
    // Whoever ends hands its place on, so that nobody who comes in between takes it.
    if (underWay >= few) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else underWay -= 1;
    }
  };
}
