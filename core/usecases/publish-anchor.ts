import { anchorMessage, anchorTagName, anchorTagPrefix, parseAnchorMessage, type AuditAnchor } from "../domain/audit/anchor.ts";
import { err, ok, type Result } from "../domain/kernel/result.ts";
import type { RepositoryName } from "../domain/kernel/values.ts";
import type { AuditAnchors } from "../ports/audit-anchors.ts";
import type { Forge } from "../ports/forge.ts";
import type { AuditVerification, TaggedAnchor } from "./verify-audit.ts";

export interface PublishAnchorDependencies {
  /** {@link createVerifyAudit}, which anchors what verifies in the owner's own file. */
  readonly verifyAudit: () => Promise<AuditVerification>;
  readonly anchors: Pick<AuditAnchors, "list">;
  readonly ownerForge: Pick<Forge, "repository" | "createTag" | "tags">;
  readonly repositories: () => Promise<readonly RepositoryName[]>;
}

export interface PublishedAnchor {
  readonly anchor: AuditAnchor;
  readonly tags: readonly { readonly repository: RepositoryName; readonly tag: string }[];
}

export type PublishFault =
  | { readonly type: "audit.empty"; readonly message: string; readonly remedy: string }
  | { readonly type: "audit.broken"; readonly message: string; readonly remedy: string };

/**
 * Vouches for the present end of the trail in public: verifies all of it, anchors its end in the owner's file, and puts the signed anchor into an annotated tag on the default
 * branch. Done twice on the same end, it changes nothing.
 */
export function createPublishAnchor(deps: PublishAnchorDependencies) {
  return async function publishAnchor(repository?: RepositoryName): Promise<Result<PublishedAnchor, PublishFault>> {
    const { ok: verifies, head } = await deps.verifyAudit();
    if (!verifies)
      return err({
        type: "audit.broken",
        message: "The trail does not verify, so nothing is vouched for.",
        remedy: "signalbox audit verify names what does not fit.",
      });
    const anchor = (await deps.anchors.list()).findLast((candidate) => candidate.sequence === head?.sequence);
    if (!anchor) return err({ type: "audit.empty", message: "There is nothing to vouch for yet.", remedy: "Start a stage first." });
    const tags: { readonly repository: RepositoryName; readonly tag: string }[] = [];
    for (const name of repository === undefined ? await deps.repositories() : [repository]) {
      const tag = anchorTagName(anchor);
      const { defaultBranch } = await deps.ownerForge.repository(name);
      await deps.ownerForge.createTag(name, { name: tag, branch: defaultBranch, message: anchorMessage(anchor) });
      tags.push({ repository: name, tag });
    }
    return ok({ anchor, tags });
  };
}

/** The anchors that tags of these repositories carry. */
export function createReadTaggedAnchors(deps: Pick<PublishAnchorDependencies, "repositories"> & { readonly forge: Pick<Forge, "tags"> }) {
  return async function readTaggedAnchors(): Promise<readonly TaggedAnchor[]> {
    const found: TaggedAnchor[] = [];
    for (const repository of await deps.repositories()) {
      for (const { name, message } of await deps.forge.tags(repository, anchorTagPrefix)) {
        const anchor = parseAnchorMessage(message);
        // A right anchor under another name would let whoever may push tags hide one behind another.
        found.push({ tag: `${repository} ${name}`, ...(anchor && anchorTagName(anchor) === name ? { anchor } : {}) });
      }
    }
    return found;
  };
}
