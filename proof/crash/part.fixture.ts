import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLocalProcessRuntime } from "../../core/adapters/local-process/local-process-runtime.ts";
import { createLog } from "../../core/adapters/pino-log/log.ts";
import { startServer, type ServerPart } from "../../core/apps/server/server.ts";
import { forgeWithKillPoints, mirrorWithKillPoints, queueWithKillPoints, runtimeWithKillPoints, storeWithKillPoints } from "./kill-points.ts";
import { createKillSwitch } from "./kill-switch.ts";

/** `signalbox serve <part>` with kill points in all its ports, and runners that have them too. The switches are under KILL_POINTS. */
const part = process.argv[3] as ServerPart;
const { SIGNALBOX_DATA_DIRECTORY = "", KILL_POINTS = join(SIGNALBOX_DATA_DIRECTORY, "kill-points") } = process.env;
const killSwitch = createKillSwitch(KILL_POINTS, part);

const server = await startServer(process.env, part, "0.0.0", createLog(), {
  ground: (ground) => ({ ...ground, store: storeWithKillPoints(ground.store, killSwitch), queue: queueWithKillPoints(ground.queue, killSwitch) }),
  platform: (platform) => ({
    ...platform,
    forge: forgeWithKillPoints(platform.forge, "forge", killSwitch),
    ownerForge: forgeWithKillPoints(platform.ownerForge, "ownerForge", killSwitch),
    mirror: mirrorWithKillPoints(platform.mirror, killSwitch),
    runtime: runtimeWithKillPoints(
      createLocalProcessRuntime({
        // The runner finds its switches beside the attempts: its environment is built from nothing.
        directory: join(dirname(KILL_POINTS), "attempts"),
        node: process.execPath,
        runner: fileURLToPath(new URL("runner.fixture.ts", import.meta.url)),
      }),
      killSwitch,
    ),
  }),
});
process.stderr.write(`Serving ${part}\n`);
await new Promise<void>((resolve) => process.once("SIGTERM", () => resolve()));
await server.close();
