import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { runJson, type JsonResult } from "./command-line.ts";

export interface TestWorkspace {
  /** Its directory; another one in every test. */
  readonly path: () => string;
  /** Runs a command on it and reads its JSON. */
  readonly command: <T>(...args: readonly string[]) => Promise<JsonResult<T>>;
}

/** An empty workspace for each test of the file, gone after it. */
export function eachTestsWorkspace(): TestWorkspace {
  let path = "";
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), "signalbox-e2e-"));
  });
  afterEach(async () => rm(path, { recursive: true, force: true }));
  return { path: () => path, command: (...args) => runJson([...args, "--workspace", path]) };
}
