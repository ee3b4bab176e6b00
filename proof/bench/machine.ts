import { open, readFile, rm } from "node:fs/promises";
import { cpus, loadavg, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { createPostgresDriver } from "../../core/adapters/postgres/driver.ts";
import packageFile from "../../package.json" with { type: "json" };
import { median } from "./results.ts";
import { showNumber } from "./words.ts";

/** What figures depend on. Neither host names nor paths. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly system: string;
  readonly node: string;
  readonly postgres: string;
  readonly codex: string;
  /** Median time until 8 KB are on the disk: what every durable answer waits for. */
  readonly sync: string;
  /** Load average of the last minute before the run; above some tenths something else was running. */
  readonly load: string;
}

/** Describes the machine that the benchmarks are about to run on. */
export async function describeMachine(postgresUrl: string): Promise<Machine> {
  const driver = createPostgresDriver({ url: postgresUrl, maxConnections: 1 });
  try {
    const [version] = await driver.query<{ server_version: string }>("show server_version");
    return {
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cores: cpus().length,
      memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
      system: `${await distribution()}, ${process.platform} ${release()}`,
      node: process.versions.node,
      postgres: version?.server_version ?? "unknown",
      codex: packageFile.dependencies["@openai/codex"],
      sync: `${showNumber(await syncTime())} ms`,
      load: showNumber(loadavg()[0] ?? 0),
    };
  } finally {
    await driver.close();
  }
}

async function distribution(): Promise<string> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(release)?.[1] ?? "unknown system";
}

async function syncTime(): Promise<number> {
  const path = join(tmpdir(), `signalbox-bench-${process.pid}`);
  const block = Buffer.alloc(8_192, 1);
  const file = await open(path, "w");
  const times: number[] = [];
  try {
    for (let index = 0; index < 100; index += 1) {
      const begun = performance.now();
      await file.write(block);
      await file.datasync();
      times.push(performance.now() - begun);
    }
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
  return median(times);
}
