import { createServer } from "node:http";
import pg from "pg";
import { PgBoss } from "pg-boss";
import { untilAbandoned } from "../world/processes.ts";

/** What our server is built on, and nothing of ours: an HTTP server, a pool, and pg-boss with its own settings. */
const { DATABASE_URL = "" } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL });
const boss = new PgBoss({ connectionString: DATABASE_URL, schema: "bare", useListenNotify: true });
boss.on("error", (error) => console.error(error));
await boss.start();
for (const name of ["one", "two"]) {
  await boss.createQueue(name, { notify: true });
  await boss.work(name, { batchSize: 1 }, async () => undefined);
}
const server = createServer((_request, response) => {
  pool.query("select 1").then(
    () => response.end("{}"),
    () => response.destroy(),
  );
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
console.log("{}");
await untilAbandoned();
server.close();
await boss.stop({ graceful: false });
await pool.end();
