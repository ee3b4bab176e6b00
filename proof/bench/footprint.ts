import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { residentMemory } from "../world/processes.ts";

const megabyte = 1e6;
/** Of the kernel's accounting: a hundred a second everywhere that this runs. */
const ticksPerSecond = 100;

/** What processes take together. */
export interface Footprint {
  readonly megabytes: number;
  /** Of one core, in percent, over the time that was watched. */
  readonly cpu: number;
}

export async function watchFootprint(pids: readonly number[], seconds: number): Promise<Footprint> {
  const [before, begun] = [await processorSeconds(pids), performance.now()];
  await delay(seconds * 1_000);
  const cpu = (((await processorSeconds(pids)) - before) / ((performance.now() - begun) / 1_000)) * 100;
  return { megabytes: await memoryOf(pids), cpu };
}

export async function memoryOf(pids: readonly number[]): Promise<number> {
  const sizes = await Promise.all(pids.map((pid) => residentMemory(pid)));
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) / megabyte;
}

async function processorSeconds(pids: readonly number[]): Promise<number> {
  const ticks = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8");
      // After the name, which may hold anything: state is the third field, user and system time are the 14th and 15th.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(fields[11]) + Number(fields[12]);
    }),
  );
  return ticks.reduce((sum, each) => sum + each, 0) / ticksPerSecond;
}
