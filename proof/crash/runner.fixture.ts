import { join } from "node:path";
import { runAgent } from "../../core/apps/agent-runner/agent.ts";
import { gatewayWithKillPoints, sessionWithKillPoints, workspaceWithKillPoints } from "./kill-points.ts";
import { createKillSwitch } from "./kill-switch.ts";

/** The agent-runner with kill points. Its home is `<data>/attempts/<attempt>/home`; the switches are beside the attempts. */
const { HOME = "" } = process.env;
const killSwitch = createKillSwitch(join(HOME, "..", "..", "..", "kill-points"), "runner");

runAgent(process.env, {
  gateway: (gateway) => gatewayWithKillPoints(gateway, killSwitch),
  session: (session) => sessionWithKillPoints(session, killSwitch),
  workspace: (workspace) => workspaceWithKillPoints(workspace, killSwitch),
}).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
