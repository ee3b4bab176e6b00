import { createLocalForge } from "../../core/adapters/local-forge/local-forge.ts";
import { createSystemClock } from "../../core/adapters/system-clock/clock.ts";
import { untilAbandoned } from "./processes.ts";

/** The forge in a process of its own. It is never killed: it is where effects are counted. */
const { DIRECTORY = "", OWNER_TOKEN = "", BOT_TOKEN = "", REPOSITORIES = "" } = process.env;
const report = (error: unknown): void => console.error("the forge failed:", error);

const forge = createLocalForge({
  directory: DIRECTORY,
  clock: createSystemClock(report),
  report,
  async seed(seeding) {
    seeding.ensureUser({ login: "owner", token: OWNER_TOKEN });
    seeding.ensureUser({ login: "signalbox", type: "Bot", token: BOT_TOKEN });
    for (const name of REPOSITORIES.split(",")) {
      seeding.ensureOrganization({ login: name.split("/")[0] ?? "", owners: ["owner"] });
      await seeding.ensureRepository({ name, collaborators: { signalbox: "admin" } });
    }
  },
});
await forge.start();
console.log(JSON.stringify({ url: forge.url, apiUrl: forge.apiUrl }));
await untilAbandoned();
await forge.close();
