import { z } from "zod";
import { boardCard, boardCardKey, boardOrder, stageRow, wipLimits, type BoardCard } from "../../../../contract/board.ts";
import type { ListMessage } from "../../../../contract/live-list.ts";
import { project } from "../../../../contract/projects.ts";
import type { Instant, RepositoryName } from "../../../../domain/kernel/values.ts";
import type { CopyRecord, LocalCopy } from "../../../../ports/local-copy.ts";
import { asJson, readAs, verbatim, type CopiedAnswers } from "../copied-answer.ts";

type Cards = { cards: BoardCard[]; asOf: number };
type Selection = { readonly repository?: string | undefined };

/** A board may have thousands of cards. */
const rest = 10_000;

export const boardAnswers: CopiedAnswers<"board"> = {
  stages: verbatim(z.array(stageRow), () => "stages"),
  limits: verbatim(wipLimits, () => "wip-limits"),
  watchLimits: verbatim(wipLimits, () => "wip-limits"),
  cards: { keep: (copy, input, { cards }, readAt) => keepCards(copy, input, cards, readAt), rest, kept: cardsIn },
  watch: {
    keep: keepMessage,
    kept(copy, input) {
      const found = cardsIn(copy, input);
      return found && { type: "snapshot", rows: found.cards, asOf: found.asOf };
    },
  },
};

export const projectsAnswers: CopiedAnswers<"projects"> = { list: verbatim(z.array(project), () => "projects") };

function keepMessage(copy: LocalCopy, selection: Selection, message: ListMessage<BoardCard>, readAt: Instant): void {
  if (message.type === "snapshot") return keepCards(copy, selection, message.rows, readAt);
  copy.put(message.set.map(cardRecord), readAt);
  copy.remove("board-card", message.removed);
  copy.noteReading(`board ${selection.repository ?? ""}`, readAt);
}

function keepCards(copy: LocalCopy, { repository }: Selection, cards: readonly BoardCard[], readAt: Instant): void {
  copy.replace("board-card", repository as RepositoryName | undefined, cards.map(cardRecord), readAt);
  copy.noteReading(`board ${repository ?? ""}`, readAt);
}

function cardRecord(card: BoardCard): CopyRecord {
  const { repository, issue } = card;
  return { kind: "board-card", key: boardCardKey(card), repository: repository as RepositoryName, issue, rank: -issue, content: asJson(card) };
}

/** The board of one repository may have been read by itself or with all others, whichever was later. */
function cardsIn(copy: LocalCopy, { repository }: Selection): Cards | undefined {
  const readings = [copy.lastReading("board "), ...(repository === undefined ? [] : [copy.lastReading(`board ${repository}`)])].flatMap((at) => at ?? []);
  if (readings.length === 0) return undefined;
  const cards = readAs(boardCard, copy.list("board-card", { repository: repository as RepositoryName | undefined }));
  return { cards: cards.toSorted(boardOrder.order), asOf: Math.max(...readings) };
}
