import { createManualClock } from "./manual-clock.ts";
import { createLocalForge } from "../adapters/local-forge/local-forge.ts";

/** A local forge in a process of its own, for the test that kills it. Prints the API's address once it listens. */
const [, , directory = ""] = process.argv;
const forge = createLocalForge({
  directory,
  clock: createManualClock(),
  async seed(seeding) {
    seeding.ensureUser({ login: "acme", token: "t" });
    await seeding.ensureRepository({ name: "acme/shop" });
  },
});
await forge.start();
console.log(forge.apiUrl);
