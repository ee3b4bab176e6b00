import type { Clock } from "../../ports/clock.ts";
import type { Forge } from "../../ports/forge.ts";
import type { RepositoryMirror } from "../../ports/repository-mirror.ts";
import type { Store } from "../../ports/store.ts";
import { createListLabels } from "../../usecases/list-labels.ts";
import { createListRights } from "../../usecases/list-rights.ts";
import { createPreflightRepository } from "../../usecases/preflight-repository.ts";
import type { HostDependencies } from "./dependencies.ts";

export interface RepositoryLooksGround {
  readonly store: Store;
  readonly clock: Clock;
  /** As the owner, and asked anew each time: what is mended there shows at once. */
  readonly ownerForge: Forge;
  readonly mirror: RepositoryMirror;
  /** Those that count here. */
  readonly trusted: HostDependencies["trusted"];
}

/** What a host looks into for the settings of a repository. Nothing of it changes anything. */
export function repositoryLooks(ground: RepositoryLooksGround): Pick<HostDependencies, "preflight" | "listLabels" | "trusted" | "listRights"> {
  const { trusted } = ground;
  return {
    trusted,
    preflight: createPreflightRepository(ground),
    listLabels: createListLabels(ground),
    listRights: createListRights({ ...ground, signers: trusted.signers }),
  };
}
