import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import type { Plugin } from "vite";

const project = resolve(import.meta.dirname, "../..");

/** What a build was made from, and what it made. Paths are relative to the project. */
interface Record {
  /** A build for development is another one. */
  readonly environment: string;
  readonly inputs: { readonly [path: string]: string };
  readonly outputs: readonly string[];
}

/** Where a build's record lies: beside the packages, for it is worth nothing without them, and never in what is shipped. */
export function recordOf(configuration: string, root = project): string {
  return join(root, "node_modules/.cache/signalbox", `${relative(root, configuration).replaceAll(/[\\/]/gu, "-")}.json`);
}

/** Has a build write down which files of this project it was made from, with `more` that no module names, so that the next start knows whether it has to be made again. */
export function recordInputs(configuration: string, more: readonly string[] = [], root = project): Plugin {
  return {
    name: "signalbox-recorded-inputs",
    apply: "build",
    async writeBundle({ dir }, bundle) {
      const modules = [...this.getModuleIds()].map((id) => id.split("?", 1)[0] ?? "").filter((id) => isAbsolute(id));
      // The lock file stands for all packages.
      const files = new Set(
        [configuration, join(root, "package-lock.json"), ...more, ...modules].map((file) => resolve(file)).filter((file) => isOurs(file, root)),
      );
      const inputs: { [path: string]: string } = {};
      for (const file of [...files].toSorted()) inputs[relative(root, file)] = await digestOf(file);
      const outputs = Object.keys(bundle).map((name) => relative(root, join(dir ?? "", name)));
      const record: Record = { environment: environment(), inputs, outputs };
      await mkdir(dirname(recordOf(configuration, root)), { recursive: true });
      await writeFile(recordOf(configuration, root), JSON.stringify(record));
    },
  };
}

/** Whether what a build would be made from is what the last one was made from, and what that made is still there. In doubt it is not. */
export async function isCurrent(configuration: string, root = project): Promise<boolean> {
  try {
    const { environment: then, inputs, outputs } = JSON.parse(await readFile(recordOf(configuration, root), "utf8")) as Record;
    if (then !== environment()) return false;
    const made = await Promise.all(outputs.map((path) => stat(join(root, path))));
    const same = await Promise.all(Object.entries(inputs).map(async ([path, digest]) => (await digestOf(join(root, path))) === digest));
    return made.length > 0 && same.length > 0 && same.every(Boolean);
  } catch {
    return false;
  }
}

function isOurs(file: string, root: string): boolean {
  const inside = relative(root, file);
  return (
    inside !== "" &&
    !inside.startsWith("..") &&
    !inside.split(/[\\/]/u).includes("node_modules") &&
    (statSync(file, { throwIfNoEntry: false })?.isFile() ?? false)
  );
}

async function digestOf(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("base64");
}

const environment = (): string => process.env["NODE_ENV"] ?? "production";
