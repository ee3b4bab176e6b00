import { useSpeech } from "../../i18n/language.tsx";
import { useScreenKeys, type ScreenKey } from "../../ui/keys.tsx";
import type { BoardCard } from "./board-view.ts";
import type { LaneChoice } from "./lane-choice.ts";
import { placeInLanes, type LaneStep } from "./lanes.ts";

/** What the keys of the board do. */
export interface BoardActs {
  readonly chosen: { readonly key: string | undefined; readonly card: BoardCard | undefined };
  readonly step: (step: LaneStep) => void;
  readonly lanes: LaneChoice;
  readonly open: (card: BoardCard) => void;
  readonly move: () => void;
  readonly write: () => void;
  readonly filter: () => void;
  readonly limit: () => void;
  readonly leave: () => void;
}

const steps = [
  ["j", "ArrowDown", "down"],
  ["k", "ArrowUp", "up"],
  ["h", "ArrowLeft", "left"],
  ["l", "ArrowRight", "right"],
] as const;

/** The board's keys; those of lanes as long as there are lanes. */
export function useBoardKeys({ chosen, step, lanes, open, move, write, filter, limit, leave }: BoardActs): void {
  const { say } = useSpeech();
  const ofLanes: readonly ScreenKey[] = [
    { key: "shift+J", what: say("board.keys.nextLane"), act: () => step("nextLane") },
    { key: "shift+K", what: say("board.keys.previousLane"), act: () => step("previousLane") },
    { key: "f", what: say("board.keys.fold"), act: () => foldOf(chosen.key, lanes) },
    { key: "shift+F", what: say("board.keys.foldAll"), act: lanes.foldAll },
  ];
  useScreenKeys([
    ...steps.flatMap(([letter, arrow, direction]) => [letter, arrow].map((key) => ({ key, what: say(`board.keys.${direction}`), act: () => step(direction) }))),
    { key: "Enter", what: say("board.keys.open"), act: () => chosen.card && open(chosen.card) },
    { key: "m", what: say("board.keys.move"), act: move },
    { key: "n", what: say("board.keys.new"), act: write },
    { key: "w", what: say("board.keys.limit"), act: limit },
    { key: "e", what: say(lanes.isOn ? "board.keys.noLanes" : "board.keys.lanes"), act: lanes.toggle },
    ...(lanes.isOn ? ofLanes : []),
    { key: "/", what: say("board.keys.filter"), act: filter },
    { key: "mod+Enter", what: say("board.keys.apply") },
    { key: "Escape", what: say("board.keys.leave"), act: leave },
  ]);
}

/** Folds the lane of the chosen card, or unfolds it. */
function foldOf(key: string | undefined, { lanes, folded, fold }: LaneChoice): void {
  const lane = key === undefined ? undefined : lanes[placeInLanes(lanes, key)?.lane ?? -1];
  if (lane) fold(lane.id, !folded.has(lane.id));
}
