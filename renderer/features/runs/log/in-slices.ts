import { useEffect, useReducer, type DependencyList } from "react";

/** Long work takes this long at a time, in milliseconds, so that typing and scrolling never wait for it. */
const slice = 8;

/**
 * Does long work a slice at a time, from the beginning whenever one of `causes` is another one, and draws again whenever it has brought something.
 *
 * @param work works until it is asked to stop; returns whether it came to the end
 * @param yielded what it has brought so far, as a number
 */
export function useInSlices(work: ((enough: () => boolean) => boolean) | undefined, yielded: () => number, causes: DependencyList): void {
  const [, draw] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    if (!work) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const go = (): void => {
      const end = performance.now() + slice;
      const before = yielded();
      const isComplete = work(() => performance.now() > end);
      if (yielded() !== before) draw();
      if (!isComplete) timer = setTimeout(go);
    };
    go();
    return () => clearTimeout(timer);
  }, causes);
}
