import type { HostDependencies } from "./dependencies.ts";
import type { HostContract } from "../../contract/index.ts";
import { contract, type Procedures } from "./implementer.ts";
import { auditProcedures } from "./procedures/audit.ts";
import { boardProcedures } from "./procedures/board.ts";
import { connectionProcedures } from "./procedures/connection.ts";
import { documentsProcedures } from "./procedures/documents.ts";
import { inboxProcedures } from "./procedures/inbox.ts";
import { keysProcedures } from "./procedures/keys.ts";
import { projectsProcedures } from "./procedures/projects.ts";
import { runsProcedures } from "./procedures/runs.ts";
import { workspaceProcedures } from "./procedures/workspace.ts";

export type HostRouter = Procedures<HostContract>;

/** Everything a control surface may ask, answered from the store and the owner's own credentials. Served over any transport. */
export function createHostRouter(deps: HostDependencies): HostRouter {
  return contract.router({
    connection: connectionProcedures(deps),
    projects: projectsProcedures(deps),
    inbox: inboxProcedures(deps),
    runs: runsProcedures(deps),
    board: boardProcedures(deps),
    documents: documentsProcedures(deps),
    audit: auditProcedures(deps),
    keys: keysProcedures(deps),
    workspace: workspaceProcedures(deps),
  });
}
