import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import { build, type Configuration } from "electron-builder";
import { parse } from "yaml";
import { readOrder, type Order } from "./order.ts";
import { stageApplication } from "./stage.ts";

const project = resolve(import.meta.dirname, "../..");
const configuration = join(import.meta.dirname, "electron-builder.yml");

type Fuses = NonNullable<Configuration["electronFuses"]>;

/** Milliseconds. Some targets fetch tools first; a network that swallows what it is asked must not hold this for ever. */
const patience = 20 * 60_000;

/**
 * `npm run package`: packages the built desktop for this system. A package carries this system's Node and Codex, so every system packages for itself. Electron's program is fetched by the packager, or
 * taken from the directory in ELECTRON_OVERRIDE_DIST_PATH or SIGNALBOX_TEST_ELECTRON, or from where npm has put it.
 */
async function packageDesktop(order: Order): Promise<void> {
  const stage = await mkdtemp(join(tmpdir(), "signalbox-package-"));
  try {
    const { application } = await stageApplication(project, stage);
    await copyFile(join(project, "electron", "pictures", "icon.png"), join(stage, "icon.png"));
    const made = await build({
      projectDir: application,
      publish: "never",
      [order.system]: [],
      ...(order.directoryOnly ? { dir: true } : {}),
      config: await configurationFor(order),
    });
    console.log(order.directoryOnly ? `The application is in ${order.output}` : made.join("\n"));
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** The configuration, with what it cannot know. */
async function configurationFor({ output, feed, homepage, maintainer }: Order): Promise<Configuration> {
  const configured = parse(await readFile(configuration, "utf8")) as Configuration;
  const { version } = JSON.parse(await readFile(join(project, "node_modules/electron/package.json"), "utf8")) as { readonly version: string };
  const runtime = electronRuntime();
  return {
    ...configured,
    electronVersion: version,
    ...(runtime === undefined ? {} : { electronDist: runtime, electronFuses: await fusesIn(runtime, configured.electronFuses ?? {}) }),
    directories: { output },
    ...(feed === undefined ? {} : { publish: [feed] }),
    ...(homepage === undefined ? {} : { extraMetadata: { homepage } }),
    ...(maintainer === undefined ? {} : { deb: { maintainer } }),
  };
}

function electronRuntime(): string | undefined {
  const named = process.env["ELECTRON_OVERRIDE_DIST_PATH"] || process.env["SIGNALBOX_TEST_ELECTRON"];
  if (named) return resolve(named);
  const fetched = join(project, "node_modules", "electron", "dist");
  return existsSync(fetched) ? fetched : undefined;
}

/** The configured fuses. A runtime that was named may be older than the newest of them: what it does not have cannot be set, and is said. */
async function fusesIn(runtime: string, configured: Fuses): Promise<Fuses> {
  if (process.platform !== "linux") return configured;
  const wire = await getCurrentFuseWire(join(runtime, "electron"));
  if (FuseV1Options.GrantFileProtocolExtraPrivileges in wire) return configured;
  console.log(`note: the Electron in ${runtime} is too old for the fuse grantFileProtocolExtraPrivileges; it stays as that Electron has it`);
  const { grantFileProtocolExtraPrivileges: _absent, ...present } = configured;
  return present;
}

const order = readOrder(process.argv.slice(2), process.platform);
if (!order.ok) {
  console.error(order.error);
  process.exitCode = 2;
} else {
  const limit = setTimeout(() => {
    console.error(`Packaging took longer than ${patience / 60_000} minutes and was given up. It fetches Electron and tools: see what it waited for above.`);
    process.exit(1);
  }, patience);
  try {
    await packageDesktop(order.value);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    // The packager leaves listeners behind that end the process well, whatever its exit code was to be.
    process.exit(1);
  } finally {
    clearTimeout(limit);
  }
}
