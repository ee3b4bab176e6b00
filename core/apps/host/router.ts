import { createRouterClient } from "@orpc/server";
import type { HostDependencies } from "./dependencies.ts";
import type { HostContract } from "../../contract/index.ts";
import { createIssueShelf } from "./board/open-issues.ts";
import { contract, type Procedures } from "./implementer.ts";
import { readThrough } from "./offline/read-through.ts";
import { allowancesProcedures } from "./procedures/allowances.ts";
import { auditProcedures } from "./procedures/audit.ts";
import { boardProcedures } from "./procedures/board.ts";
import { connectionProcedures } from "./procedures/connection.ts";
import { documentsProcedures } from "./procedures/documents.ts";
import { draftsProcedures } from "./procedures/drafts.ts";
import { inboxProcedures } from "./procedures/inbox.ts";
import { keysProcedures } from "./procedures/keys.ts";
import { knowledgeProcedures } from "./procedures/knowledge.ts";
import { modelsProcedures } from "./procedures/models.ts";
import { notificationsProcedures } from "./procedures/notifications.ts";
import { ownServerProcedures } from "./procedures/own-server.ts";
import { peopleProcedures } from "./procedures/people.ts";
import { projectsProcedures } from "./procedures/projects.ts";
import { rulesProcedures } from "./procedures/rules.ts";
import { runsProcedures } from "./procedures/runs.ts";
import { workspaceProcedures } from "./procedures/workspace.ts";

export type HostRouter = Procedures<HostContract>;

/** Everything a control surface may ask, answered from the store and the owner's own credentials. Served over any transport. */
export function createHostRouter(deps: HostDependencies): HostRouter {
  const { offline, clock, store } = deps;
  const shelf = createIssueShelf(deps);
  const router = (offline ? readThrough({ access: offline, clock }) : contract).router({
    connection: connectionProcedures(deps),
    projects: projectsProcedures(deps, shelf),
    inbox: inboxProcedures(deps, shelf),
    allowances: allowancesProcedures(deps),
    rules: rulesProcedures(deps),
    runs: runsProcedures(deps),
    board: boardProcedures(deps, shelf),
    documents: documentsProcedures(deps),
    audit: auditProcedures(deps),
    drafts: draftsProcedures(deps),
    knowledge: knowledgeProcedures(deps),
    keys: keysProcedures(deps),
    people: peopleProcedures(deps),
    models: modelsProcedures(deps),
    workspace: workspaceProcedures(deps),
    notifications: notificationsProcedures(deps),
    ownServer: ownServerProcedures(deps),
  });
  offline?.begin(createRouterClient(router), store);
  return router;
}
