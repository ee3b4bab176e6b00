export interface Frames {
  /** Milliseconds from one frame to the next. */
  readonly p95: number;
  readonly longest: number;
}

/** Resolves with the next frame. */
export function nextFrame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Resolves after what is to be done now: the frame that was begun is painted by then. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve();
    port2.postMessage(undefined);
  });
}

/** Watches the frames until it is ended. */
export function watchFrames(): () => Frames {
  const gaps: number[] = [];
  let last = performance.now();
  let isOver = false;
  const look = (now: number): void => {
    gaps.push(now - last);
    last = now;
    if (!isOver) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  return () => {
    isOver = true;
    const sorted = gaps.slice(1).sort((a, b) => a - b);
    return { p95: sorted[Math.floor(sorted.length * 0.95)] ?? 0, longest: sorted.at(-1) ?? 0 };
  };
}
