import { chainStart, type ChainHead } from "../domain/audit/chain.ts";
import { exportWriter, sealText, type AuditFormat, type ExportSeal } from "../domain/audit/export-format.ts";
import type { AnchorSigner } from "../domain/audit/anchor.ts";
import type { Clock } from "../ports/clock.ts";
import type { Hasher } from "../ports/crypto.ts";
import type { Store } from "../ports/store.ts";
import { trailPages } from "./trail-pages.ts";

export type { AuditFormat };

export interface ExportAuditDependencies {
  readonly store: Store;
  readonly hasher: Hasher;
  readonly clock: Clock;
  /** The owner's key: who exports vouches for the file. */
  readonly signer: AnchorSigner;
}

/**
 * The whole trail up to its present end, as text in pieces of whole lines. The last line but one names the end (sequence and hash), so that a cut-off file is noticed; the last
 * one is a seal: SHA-256 of everything before it, and the owner's signature.
 */
export function createExportAudit(deps: ExportAuditDependencies): (format: AuditFormat) => AsyncGenerator<string, void> {
  return async function* exportAudit(format) {
    const { opening, event, head, seal } = exportWriter(format);
    const hash = deps.hasher.start();
    const hashed = (text: string): string => {
      hash.update(text);
      return text;
    };
    if (opening !== "") yield hashed(opening);
    let end: ChainHead = chainStart;
    const last = (await deps.store.transaction((tx) => tx.flow.head()))?.sequence ?? 0;
    for await (const page of trailPages(deps.store)) {
      const wanted = page.filter((candidate) => candidate.sequence <= last);
      const newest = wanted.at(-1);
      if (!newest) break;
      yield hashed(wanted.map(event).join(""));
      end = { sequence: newest.sequence, hash: newest.hash };
    }
    yield hashed(head(end));
    yield seal(sign(deps, format, { sha256: hash.digest(), head: end }));
  };
}

function sign({ signer, clock }: ExportAuditDependencies, format: AuditFormat, { sha256, head }: Pick<ExportSeal, "sha256" | "head">): ExportSeal {
  const content = { sha256, head, at: clock.now(), by: signer.person };
  return { ...content, keyId: signer.keyId, signature: signer.sign(sealText(format, content)) };
}
