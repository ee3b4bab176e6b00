import { z } from "zod";
import { inboxItem } from "../../../contract/inbox.ts";
import { usedBy, type UsedBy } from "../../../contract/knowledge.ts";
import { runRow, transcriptEntry } from "../../../contract/runs.ts";
import type { Instant } from "../../../domain/kernel/values.ts";
import type { CopyHit, CopyKind, LocalCopy } from "../../../ports/local-copy.ts";
import { readAs } from "./copied-answer.ts";

/** What of a document's answer is looked at. */
const usedDocument = z.object({ usedBy: usedBy.optional() });

/** The runs that a found place has to do with, as the copy has them; undefined where it does not say. */
export function copiedUsers(copy: LocalCopy, hit: CopyHit): UsedBy | undefined {
  switch (hit.source) {
    case "document":
      return copied(copy, usedDocument, "text", hit.key)?.usedBy;
    case "decision": {
      const card = copied(copy, inboxItem, "request-card", hit.key);
      return card && only(card.runId, card, "asked", card.createdAt);
    }
    case "transcript": {
      const run = copied(copy, runRow, "run", hit.key);
      return run && only(run.id, run, "said", saidAt(copy, hit) ?? run.createdAt);
    }
  }
}

function copied<Schema extends z.ZodType>(copy: LocalCopy, schema: Schema, kind: CopyKind, key: string): z.infer<Schema> | undefined {
  const record = copy.get(kind, key);
  return record && readAs(schema, [record])[0];
}

type User = UsedBy["runs"][number];

function only(run: string, { issue, stage, role }: Pick<User, "issue" | "stage" | "role">, how: User["how"][number], at: number): UsedBy {
  return { count: 1, runs: [{ run, issue, stage, role, how: [how], at }] };
}

/** When the entry was made that was found. */
function saidAt(copy: LocalCopy, { key, at }: CopyHit): number | undefined {
  if (!at) return undefined;
  const entries = copy.transcript(key, { attempt: at.attempt, sequence: at.sequence - 1 }, 1);
  const [entry] = readAs(
    transcriptEntry,
    entries.map(({ content }) => ({ key, content, readAt: 0 as Instant })),
  );
  return entry?.at;
}
