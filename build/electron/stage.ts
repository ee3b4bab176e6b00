import { existsSync } from "node:fs";
import { copyFile, glob, link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { foldersOf, packagesNamedIn, type LockedPackages } from "./packages.ts";

/** What stands in the project's own package.json, as far as it goes into a package. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

export interface Stage {
  /** The application: what goes into the archive. */
  readonly application: string;
  /** What lies beside the archive, as real files: the host's program and its Node. */
  readonly resources: string;
}

/** Made for tests, or part of one. */
const forTests = /[.](?:test|conformance|fixture)[.]|^core\/testing\//u;

/** What a package brings for compilers, debuggers, testers and readers, and no program opens. Its licence stays. */
const notForRunning = /[.]d[.][cm]?ts$|[.]map$|^tests?\/|[.]test[.][cm]?[jt]s$|(?:^|\/)(?:readme|changelog)(?:[.]md)?$/iu;

/** Text that a program reads. Everything else that is written in Markdown is for whoever reads the sources. */
const readByPrograms = /^core\/(?:prompts|apps\/rehearsal\/sample\/(?:issues|repository))\//u;

/**
 * Lays out what an installed application consists of, in two folders below `stage`. Only what is named here or found by following the program's imports goes in: there is no list of what to leave out.
 *
 * @param project directory of the checkout, with page and shell built.
 * @throws Error with what to do when something is not there yet.
 */
export async function stageApplication(project: string, stage: string): Promise<Stage> {
  await rm(stage, { recursive: true, force: true });
  const manifest = JSON.parse(await readFile(join(project, "package.json"), "utf8")) as Manifest;
  const [application, resources] = [join(stage, "application"), join(stage, "resources")];
  await stageShell(project, application, manifest);
  await stageHost(project, join(resources, "signalbox"), manifest);
  const node = process.platform === "win32" ? ["node.exe", "node.exe"] : ["node", "bin/node"];
  await put(join(project, "node_modules", "node", "bin", node[0] ?? ""), join(resources, "node", node[1] ?? ""));
  return { application, resources };
}

async function stageShell(project: string, application: string, { name, version, description }: Manifest): Promise<void> {
  for (const part of ["electron/dist", "renderer/dist"]) {
    const files = await filesBelow(join(project, part));
    if (files.length === 0) throw new Error(`${part} is not built. Run: npm run build:desktop`);
    for (const file of files) {
      const path = join(project, part, file);
      // React's build for development, which comes of NODE_ENV, names the file of every component.
      if (/[.](?:js|cjs|html|css)$/u.test(file) && (await readFile(path, "utf8")).includes(project)) {
        throw new Error(`${part} names this machine's paths: it was built for development. Run, without NODE_ENV: npm run build:desktop`);
      }
      await put(path, join(application, part, file));
    }
  }
  // The shell's own, which makes its folder an application while it is developed, would be a second one.
  await rm(join(application, "electron/dist/package.json"));
  await writeJson(join(application, "package.json"), {
    name,
    productName: "Signalbox",
    version,
    description,
    author: "Signalbox",
    main: "electron/dist/main.cjs",
  });
}

async function stageHost(project: string, host: string, { name, version, dependencies }: Manifest): Promise<void> {
  if (!existsSync(join(project, "core/dist/main.js"))) throw new Error("core/dist is not built. Run: npm run build:desktop");
  const code: string[] = [];
  for await (const found of glob("core/**/*.{ts,js,json,md,mjs}", { cwd: project })) {
    const file = found.replaceAll("\\", "/");
    if (forTests.test(file) || (file.endsWith(".md") && !readByPrograms.test(file))) continue;
    // What is built from the sources names no package that they do not, and quotes many that it brings along.
    const isSource = /[.](?:ts|js)$/u.test(file) && !readByPrograms.test(file) && !file.startsWith("core/dist/");
    if (isSource) code.push(await readFile(join(project, file), "utf8"));
    await put(join(project, file), join(host, file));
  }
  for (const folder of ["migrations", "docs/templates"])
    for (const file of await filesBelow(join(project, folder))) await put(join(project, folder, file), join(host, folder, file));
  const roots = packagesNamedIn(code, Object.keys(dependencies));
  const { packages } = JSON.parse(await readFile(join(project, "package-lock.json"), "utf8")) as { readonly packages: LockedPackages };
  for (const folder of foldersOf(roots, packages, (each) => existsSync(join(project, each)))) await stagePackage(project, host, folder);
  const needed = Object.fromEntries(roots.map((root) => [root, dependencies[root]]));
  await writeJson(join(host, "package.json"), { name, version, private: true, type: "module", dependencies: needed });
}

/** A package without those that lie in it: these come for themselves, when they are needed. */
async function stagePackage(project: string, host: string, folder: string): Promise<void> {
  for (const file of await filesBelow(join(project, folder), "node_modules")) {
    if (!notForRunning.test(file)) await put(join(project, folder, file), join(host, folder, file));
  }
}

/** Relative paths, with `/`; none when there is no such directory. Symbolic links are nobody's content. */
async function filesBelow(directory: string, without?: string): Promise<readonly string[]> {
  if (!existsSync(directory)) return [];
  const entries = await readdir(directory, { withFileTypes: true });
  const below = entries.map(async (entry) => {
    if (entry.isFile()) return [entry.name];
    if (!entry.isDirectory() || entry.name === without) return [];
    return (await filesBelow(join(directory, entry.name), without)).map((file) => `${entry.name}/${file}`);
  });
  return (await Promise.all(below)).flat();
}

/** The stage is only read, so a second name for the same file does; another disk needs a copy. */
async function put(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await link(from, to).catch(() => copyFile(from, to));
}

async function writeJson(path: string, content: object): Promise<void> {
  await writeFile(path, `${JSON.stringify(content, undefined, 2)}\n`);
}
