import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join, relative, sep } from "node:path";

/** The project that a new workspace starts with: `harbour/tidewater`, and the text of its first issue. */
export const sampleRepository = "harbour/tidewater";

const sample = fileURLToPath(new URL("./sample/", import.meta.url));

/** The sample repository's files, by path with forward slashes. */
export async function sampleFiles(): Promise<Readonly<Record<string, Uint8Array>>> {
  const root = join(sample, "repository");
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [relative(root, file).split(sep).join("/"), new Uint8Array(await readFile(file))] as const)),
  );
}

/** Sample issues in the order in which they are opened: the first is the idea to take through the stages, the second is one that it refers to. */
export async function sampleIssues(): Promise<readonly { readonly title: string; readonly body: string }[]> {
  const folder = join(sample, "issues");
  const names = (await readdir(folder)).filter((name) => /^\d{3}-.*\.md$/u.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const [title = "", ...body] = (await readFile(join(folder, name), "utf8")).split("\n");
      return { title: title.replace(/^#\s*/u, ""), body: body.join("\n").trim() };
    }),
  );
}
