import { generateKeyPairSync } from "node:crypto";
import { pino } from "pino";
import { Probot, Server } from "probot";

/**
 * The partner of the ingest benchmark: a Probot server as its documentation starts one, but without its line of log per request. It verifies each signature, parses the body and calls a
 * handler that does nothing. Arguments: `serve`, the part's name, which it says again when it listens (so that it is supervised like a part of ours).
 */
const { WEBHOOK_SECRET: secret = "", PORT = "" } = process.env;
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const log = pino({ level: "warn" });
const server = new Server({ port: Number(PORT), host: "127.0.0.1", log, Probot: Probot.defaults({ appId: 1, privateKey, secret, log }) });
await server.load((app) => {
  app.on("issues.labeled", () => undefined);
});
await server.start();
process.stdout.write(`Serving ${process.argv[3] ?? ""}\n`);
process.once("SIGTERM", () => process.exit(0));
