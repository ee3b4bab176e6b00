import { useEffect, useRef, type RefObject } from "react";

/**
 * Puts the focus on what is marked with `data-autofocus`, as soon as `isThere`: a dialog takes the focus when it opens, and what has to be read first is not there yet. Where the marked one cannot be
 * used, the first button has it.
 */
export function useFirstFocus(isThere: boolean): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isThere) return;
    (box.current?.querySelector<HTMLElement>("[data-autofocus]:enabled") ?? box.current?.querySelector<HTMLElement>("button:enabled"))?.focus();
  }, [isThere]);
  return box;
}
