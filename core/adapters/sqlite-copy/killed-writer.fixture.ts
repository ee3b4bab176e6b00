import type { Instant, RepositoryName, RequestId } from "../../domain/kernel/values.ts";
import { openCopyFile } from "./copy-file.ts";
import { createDraftBox } from "./draft-box.ts";
import { createLocalCopy } from "./local-copy.ts";

/** Writes for ever, and says which drafts are kept, until somebody kills it. */
const file = openCopyFile(process.argv[2] ?? "", () => undefined);
const [copy, box] = [createLocalCopy(file), createDraftBox(file)];
const intent = { type: "decision", requestId: "q1" as RequestId, summary: "s", digest: "d", targetVersion: "v", verdict: { type: "approve" } } as const;

function write(round: number): void {
  const entries = Array.from({ length: 20 }, (_, index) => ({
    attempt: 1,
    sequence: round * 20 + index,
    content: { text: "x".repeat(2_000) },
    text: `gangway ${round}`,
  }));
  copy.addTranscript({ runId: "r1", title: "intake" }, entries, round as Instant);
  box.add({ id: `draft-${round}`, repository: "acme/shop" as RepositoryName, intent, writtenAt: round as Instant, state: { phase: "draft" } });
  process.stdout.write(`draft-${round}\n`, () => setImmediate(write, round + 1));
}
write(0);
