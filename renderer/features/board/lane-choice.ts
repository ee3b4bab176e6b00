import { useMemo, useRef, useState } from "react";
import type { BoardCard, Column } from "./board-view.ts";
import { hasEpics, keptLanes, lanesOf, rowsOf, type Lane, type LaneRow } from "./lanes.ts";

/** The board by epics, and what of it is folded away. */
export interface LaneChoice {
  /** Whether there are lanes at all. */
  readonly isOn: boolean;
  readonly toggle: () => void;
  readonly lanes: readonly Lane[];
  readonly rows: readonly LaneRow[];
  /** Whether any issue on the board has an epic, shown or not. */
  readonly hasEpics: boolean;
  readonly folded: ReadonlySet<string>;
  readonly fold: (id: string, isFolded: boolean) => void;
  /** Folds every lane; where they all are, unfolds them. */
  readonly foldAll: () => void;
}

const [keptView, keptFolds] = ["signalbox.board.lanes", "signalbox.board.folded"];
const byEpic = "by-epic";
/** Of so many lanes it is remembered that they are folded. */
const mostFolds = 500;

/** Lanes of what the board shows, if the owner wants them; that, and which are folded, is kept on this machine. */
export function useLaneChoice(columns: readonly Column[], all: readonly BoardCard[]): LaneChoice {
  const [isOn, setOn] = useState(() => window.localStorage.getItem(keptView) === byEpic);
  const [folded, setFolded] = useState<ReadonlySet<string>>(() => new Set(parseFolds(window.localStorage.getItem(keptFolds))));
  const drawn = useRef<readonly Lane[]>([]);
  const lanes = useMemo(() => (drawn.current = isOn ? keptLanes(drawn.current, lanesOf(columns, all)) : []), [isOn, columns, all]);
  const rows = useMemo(() => rowsOf(lanes, folded), [lanes, folded]);
  const keep = (ids: readonly string[]): void => {
    const next = ids.slice(-mostFolds);
    window.localStorage.setItem(keptFolds, JSON.stringify(next));
    setFolded(new Set(next));
  };
  return {
    isOn,
    toggle() {
      window.localStorage.setItem(keptView, isOn ? "none" : byEpic);
      setOn(!isOn);
    },
    lanes,
    rows,
    hasEpics: useMemo(() => hasEpics(all), [all]),
    folded,
    fold: (id, isFolded) => keep([...[...folded].filter((known) => known !== id), ...(isFolded ? [id] : [])]),
    foldAll() {
      const shown = lanes.map(({ id }) => id);
      const others = [...folded].filter((id) => !shown.includes(id));
      keep(shown.every((id) => folded.has(id)) ? others : [...others, ...shown]);
    },
  };
}

/** Ids of lanes as they were kept; whatever cannot be read is none. */
export function parseFolds(kept: string | null): readonly string[] {
  try {
    const value: unknown = JSON.parse(kept ?? "[]");
    return Array.isArray(value) ? value.filter((id): id is string => typeof id === "string") : [];
  } catch {
    return [];
  }
}
