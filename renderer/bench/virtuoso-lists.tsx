import { useReducer, type ReactElement } from "react";
import { createRoot } from "react-dom/client";
import { Virtuoso, type VirtuosoHandle } from "react-virtuoso";
import { processStages } from "../../core/domain/stage/stage.ts";
import { nextTask } from "./frames.ts";
import { boardCard, inboxItem, transcriptEntry } from "./list-rows.ts";
import type { ListSurface, OpenList } from "./list-surface.ts";

/** Lists of components beside each other, that draw what is in sight of arrays of lines. */
interface Columns {
  readonly lists: readonly string[][];
  /** Draws what has changed since, with the next frame. */
  draw(): void;
  scroll(fraction: number): void;
}

/** @param follows whether the end stays in sight as lines come. */
function openColumns(place: HTMLElement, count: number, follows: boolean): Columns {
  const lists = Array.from({ length: count }, (): string[] => []);
  const first: { current: VirtuosoHandle | null } = { current: null };
  let again = (): void => undefined;
  function Lists(): ReactElement {
    const [, redraw] = useReducer((times: number) => times + 1, 0);
    again = redraw;
    return (
      <div style={{ display: "flex", height: "100vh", font: "13px sans-serif" }}>
        {lists.map((list, column) => (
          <Virtuoso
            key={column}
            ref={column === 0 ? first : null}
            style={{ flex: 1 }}
            totalCount={list.length}
            itemContent={(index) => <div style={{ padding: 8 }}>{list[index]}</div>}
            followOutput={follows ? "auto" : false}
          />
        ))}
      </div>
    );
  }
  createRoot(place).render(<Lists />);
  let isDue = false;
  return {
    lists,
    draw() {
      if (isDue) return;
      isDue = true;
      requestAnimationFrame(() => {
        isDue = false;
        again();
        // It loses the end when more comes than it has measured, and does not come back to it by itself.
        if (follows) requestAnimationFrame(() => first.current?.scrollToIndex({ index: (lists[0]?.length ?? 1) - 1, align: "end" }));
      });
    },
    scroll: (fraction) => first.current?.scrollToIndex(Math.round(fraction * ((lists[0]?.length ?? 1) - 1))),
  };
}

const said = (number: number): string => `Something new, number ${number}`;

/** The first line of the first list becomes another. */
function changeFirst({ lists, draw }: Columns, number: number): string {
  const [list] = lists;
  if (number === 0) list?.unshift(said(number));
  else list?.splice(0, 1, said(number));
  draw();
  return said(number);
}

const lineOfRequest = (index: number): string => {
  const { summary, repository, issue, risk } = inboxItem(index);
  return `${summary} Tool approval ${repository}#${issue} ${risk}`;
};

export const openVirtuosoInbox: OpenList = (place, amount): ListSurface => {
  const columns = openColumns(place, 1, false);
  return {
    last: lineOfRequest(0),
    async fill() {
      for (let index = 0; index < amount; index += 1) columns.lists[0]?.push(lineOfRequest(index));
      columns.draw();
    },
    change: (number) => changeFirst(columns, number),
    filter: () => undefined,
    scrollTo: (fraction) => columns.scroll(fraction),
  };
};

export const openVirtuosoBoard: OpenList = (place, amount): ListSurface => {
  const columns = openColumns(place, processStages.length + 1, false);
  const lineOf = (index: number): string => {
    const { issue, title, status, tags, role } = boardCard(index);
    return `#${issue} ${title} ${status} ${tags.join(" ")} ${role ?? ""}`;
  };
  return {
    last: lineOf(0),
    async fill() {
      for (let index = 0; index < amount; index += 1) {
        const { stage } = boardCard(index);
        columns.lists[stage === undefined ? 0 : processStages.indexOf(stage as (typeof processStages)[number]) + 1]?.push(lineOf(index));
      }
      columns.draw();
    },
    change: (number) => changeFirst(columns, number),
    filter: () => undefined,
    scrollTo: (fraction) => columns.scroll(fraction),
  };
};

export const openVirtuosoTranscript: OpenList = (place, amount): ListSurface => {
  const columns = openColumns(place, 1, true);
  const [list = []] = columns.lists;
  return {
    last: said(-1),
    async fill() {
      for (let from = 0; from < amount; from += 500) {
        for (let index = from; index < Math.min(amount, from + 500); index += 1) list.push(JSON.stringify(transcriptEntry(index).content).slice(0, 300));
        columns.draw();
        await nextTask();
      }
      list.push(said(-1));
      columns.draw();
    },
    change(number) {
      list.push(said(number));
      columns.draw();
      return said(number);
    },
    filter: () => undefined,
    scrollTo: (fraction) => columns.scroll(fraction),
  };
};
