import { allowancesContract } from "./allowances.ts";
import { auditContract } from "./audit.ts";
import { boardContract } from "./board.ts";
import { connectionContract } from "./connection.ts";
import { documentsContract } from "./documents.ts";
import { draftsContract } from "./drafts.ts";
import { inboxContract } from "./inbox.ts";
import { keysContract } from "./keys.ts";
import { knowledgeContract } from "./knowledge.ts";
import { modelsContract } from "./models.ts";
import { notificationsContract } from "./notifications.ts";
import { ownServerContract } from "./own-server.ts";
import { peopleContract } from "./people.ts";
import { projectsContract } from "./projects.ts";
import { rulesContract } from "./rules.ts";
import { runsContract } from "./runs.ts";
import { workspaceContract } from "./workspace.ts";

/**
 * Everything that a control surface (desktop, web page, command line) may ask of the host. One contract over every transport: WebSocket, MessagePort, or a
 * direct call in the same process.
 */
export const hostContract = {
  connection: connectionContract,
  projects: projectsContract,
  inbox: inboxContract,
  allowances: allowancesContract,
  rules: rulesContract,
  runs: runsContract,
  board: boardContract,
  documents: documentsContract,
  audit: auditContract,
  drafts: draftsContract,
  knowledge: knowledgeContract,
  keys: keysContract,
  people: peopleContract,
  models: modelsContract,
  workspace: workspaceContract,
  notifications: notificationsContract,
  ownServer: ownServerContract,
};
export type HostContract = typeof hostContract;
