import { useReducer, useRef, type ReactElement, type Ref } from "react";
import { createRoot } from "react-dom/client";
import { Virtuoso, type VirtuosoHandle } from "react-virtuoso";
import type { OpenLog } from "./log-surface.ts";

/** A list of components that draws what is in sight, over an array of lines. It knows no colours and no search. */
export const openVirtuosoLog: OpenLog = async (place, _lines, follows) => {
  const lines: string[] = [];
  let draw = (): void => undefined;
  let list: Ref<VirtuosoHandle> & { current: VirtuosoHandle | null } = { current: null };
  function Log(): ReactElement {
    const [, again] = useReducer((times: number) => times + 1, 0);
    draw = again;
    list = useRef<VirtuosoHandle>(null);
    return (
      <Virtuoso
        ref={list}
        style={{ height: 700, font: "11.5px monospace", whiteSpace: "pre" }}
        totalCount={lines.length}
        itemContent={(index) => <div>{lines[index]}</div>}
        followOutput={follows ? "auto" : false}
      />
    );
  }
  createRoot(place).render(<Log />);
  let isDue = false;
  return {
    async append(texts) {
      for (const text of texts) lines.push(text);
      if (isDue) return;
      isDue = true;
      requestAnimationFrame(() => {
        isDue = false;
        draw();
      });
    },
    scrollTo: (fraction) => list.current?.scrollToIndex(Math.round(fraction * (lines.length - 1))),
    search: () => Promise.resolve(undefined),
    shown: () => place.textContent,
  };
};
