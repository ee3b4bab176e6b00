import { z } from "zod";
import { boardCard, stageRow } from "../../../../contract/board.ts";
import { project } from "../../../../contract/projects.ts";
import type { Instant, RepositoryName } from "../../../../domain/kernel/values.ts";
import type { LocalCopy } from "../../../../ports/local-copy.ts";
import { asJson, readAs, verbatim, type CopiedAnswers } from "../copied-answer.ts";

type Cards = { cards: z.infer<typeof boardCard>[]; asOf: number };
type Selection = { readonly repository?: string | undefined };

/** A board may have thousands of cards, and is read anew with every change. */
const rest = 10_000;

export const boardAnswers: CopiedAnswers<"board"> = {
  stages: verbatim(z.array(stageRow), () => "stages"),
  cards: { keep: keepCards, rest, kept: cardsIn },
  watch: { keep: keepCards, rest, kept: cardsIn },
};

export const projectsAnswers: CopiedAnswers<"projects"> = { list: verbatim(z.array(project), () => "projects") };

function keepCards(copy: LocalCopy, { repository }: Selection, { cards }: Cards, readAt: Instant): void {
  copy.replace(
    "board-card",
    repository as RepositoryName | undefined,
    cards.map((card, index) => ({
      kind: "board-card",
      key: `${card.repository}#${card.issue}`,
      repository: card.repository as RepositoryName,
      issue: card.issue,
      rank: -index,
      content: asJson(card),
    })),
    readAt,
  );
  copy.noteReading(`board ${repository ?? ""}`, readAt);
}

/** The board of one repository may have been read by itself or with all others, whichever was later. */
function cardsIn(copy: LocalCopy, { repository }: Selection): Cards | undefined {
  const readings = [copy.lastReading("board "), ...(repository === undefined ? [] : [copy.lastReading(`board ${repository}`)])].flatMap((at) => at ?? []);
  if (readings.length === 0) return undefined;
  const cards = readAs(boardCard, copy.list("board-card", { repository: repository as RepositoryName | undefined }));
  return { cards: [...cards], asOf: Math.max(...readings) };
}
