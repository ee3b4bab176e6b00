import { useEffect, useState } from "react";
import type { LinkedLine } from "./linked-line.ts";

/**
 * Where to go for the line that the address names: once, as soon as it is there, or the next to it where the filter leaves it out. Who follows the end is left there.
 *
 * @returns the place to go to, if any, and what is to be called when one is there
 */
export function useLinked(line: number | undefined, linked: LinkedLine | undefined, follow: boolean): readonly [number | undefined, () => void] {
  // A pane that opens while the end is followed is not opened for the line.
  const [reached, setReached] = useState(follow ? line : undefined);
  useEffect(() => {
    if (line === undefined) setReached(undefined);
  }, [line]);
  const place = linked?.phase === "shown" || linked?.phase === "hidden" ? linked.place : undefined;
  return [follow || line === reached ? undefined : place, () => setReached(line)];
}
