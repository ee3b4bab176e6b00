import { generateKeyPairSync } from "node:crypto";
import { Probot, Server } from "probot";

/**
 * The partner of the ingest benchmark: a Probot server as its documentation starts one. It verifies each signature, parses the body and calls a handler that does nothing.
 * Its log is at `warn`, its own default for `createProbot`. Arguments: the webhook secret and a free port (it takes 0 for its default).
 */
const [secret = "", port = "", logLevel = "warn"] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const server = new Server({
  port: Number(port),
  host: "127.0.0.1",
  Probot: Probot.defaults({ appId: 1, privateKey, secret, logLevel }),
});
await server.load((app) => {
  app.on("issues.labeled", () => undefined);
});
const http = await server.start();
const address = http.address();
if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
process.stdout.write(`port ${address.port}\n`);
process.once("SIGTERM", () => process.exit(0));
process.stdin.once("end", () => process.exit(0)).resume();
