import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { PgBoss } from "pg-boss";
import { untilAbandoned } from "../world/processes.ts";

/** A request becomes a job in pg-boss, and the job a process: nothing else. The answer, given when the process runs, says how long that took. */
const { DATABASE_URL = "", AGENT = "" } = process.env;
const directory = await mkdtemp(join(tmpdir(), "signalbox-bare-"));
const boss = new PgBoss({ connectionString: DATABASE_URL, schema: "bare", useListenNotify: true });
boss.on("error", (error) => console.error(error));
await boss.start();
await boss.createQueue("start", { notify: true });

await boss.work<{ readonly number: number }>("start", { batchSize: 1 }, async ([job]) => {
  if (!job) return;
  const cwd = await mkdtemp(join(directory, `${job.data.number}-`));
  const child = spawn("/bin/sh", [AGENT], { cwd, stdio: "ignore", detached: true });
  await once(child, "spawn");
  started.get(job.data.number)?.(await startOf(join(cwd, "started")));
  if (child.pid) process.kill(-child.pid, "SIGKILL");
});

/** Milliseconds at which the script ran, by its own clock. */
async function startOf(file: string): Promise<number> {
  for (;;) {
    const text = await readFile(file, "utf8").catch(() => "");
    if (text !== "") return Number(text.split("\n")[0]) / 1e6;
    await delay(2);
  }
}

const started = new Map<number, (at: number) => void>();
let numbers = 0;
const server = createServer((_request, response) => {
  const received = performance.timeOrigin + performance.now();
  numbers += 1;
  const number = numbers;
  started.set(number, (at) => response.end(JSON.stringify({ milliseconds: at - received })));
  boss.send("start", { number }).catch(() => response.destroy());
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }));
await untilAbandoned();
server.closeAllConnections();
server.close();
await boss.stop({ graceful: false });
await rm(directory, { recursive: true, force: true });
