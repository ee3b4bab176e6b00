import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { FuseState, FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { desktopUnavailable } from "../../renderer/e2e/desktop.ts";
import { archivedFiles, installApplication, processesIn, startApplication, type InstalledApplication } from "./installed.ts";

const project = resolve(import.meta.dirname, "../..");
const reason = desktopUnavailable() ?? (process.platform === "linux" ? undefined : "(skipped: the packaged directory is looked at on Linux)");

describe.skipIf(reason !== undefined)(`the packaged desktop ${reason ?? ""}`, () => {
  let installed: InstalledApplication;
  beforeAll(async () => void (installed = await installApplication()), 180_000);
  afterAll(() => installed.remove());

  const hostFiles = (): Promise<readonly string[]> => filesBelow(join(installed.resources, "signalbox"));

  it("has the shell and the page in its archive, and nothing else", async () => {
    const files = await archivedFiles(join(installed.resources, "app.asar"));

    // What is needed only later is loaded later.
    const later = /^electron\/dist\/[\w-]+-[\w-]{8}\.cjs$/u;
    expect(
      files
        .filter((file) => !later.test(file) && !/^renderer\/dist\/(?:index\.html|signalbox\.svg|assets\/[\w.-]+\.(?:js|css|woff2|svg))$/u.test(file))
        .toSorted(),
    ).toEqual([
      "electron/dist/icon.png",
      "electron/dist/main.cjs",
      "electron/dist/preload.cjs",
      "electron/dist/tray-waiting.png",
      "electron/dist/tray.png",
      "package.json",
    ]);
    expect(files).toContain("renderer/dist/index.html");
    expect((await readdir(installed.resources)).toSorted()).toEqual(["app.asar", "node", "signalbox"]);
  });

  it("has what its Node runs as real files beside the archive, with no test, no proof and no source of the page", async () => {
    const files = await hostFiles();

    for (const needed of [
      "core/apps/cli/signalbox.js",
      "core/apps/agent-runner/main.ts",
      "core/prompts/rules.md",
      "core/apps/rehearsal/sample/issues/001-guest-berth-booking.md",
      "core/apps/rehearsal/sample/repository/docs/index.md",
      "migrations/000001_first_schema.sql",
      "docs/templates/index.yaml",
      "node_modules/pg/package.json",
      "package.json",
    ]) {
      expect(files, needed).toContain(needed);
    }
    const own = files.filter((file) => !file.startsWith("node_modules/") && !file.startsWith("core/apps/rehearsal/sample/repository/"));
    expect(own.filter((file) => !/^(?:core|migrations|docs\/templates)\/|^package\.json$/u.test(file))).toEqual([]);
    expect(files.filter((file) => /[.](?:test|conformance|fixture)[.]|^core\/testing\/|[.]d[.]ts$|[.]map$/u.test(file))).toEqual([]);
  });

  it("brings the packages that the host needs, none of those for development, and Node in the version of this project", async () => {
    const { packages } = JSON.parse(await readFile(join(project, "package-lock.json"), "utf8")) as {
      readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
    };
    const folders = new Set((await hostFiles()).flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/u.exec(file)?.[0] ?? []));

    expect([...folders].filter((folder) => packages[folder] === undefined || packages[folder].dev === true)).toEqual([]);
    const { stdout } = await promisify(execFile)(join(installed.resources, "node", "bin", "node"), ["--version"]);
    expect(stdout.trim()).toBe(process.version);
  });

  it("names no path of the machine that it was packaged on", async () => {
    const texts = [join(installed.resources, "app.asar"), ...(await hostFiles()).map((file) => join(installed.resources, "signalbox", file))];
    const naming = await Promise.all(
      texts.map(async (file) => {
        // Programs of others are as their makers have built them.
        if (file.includes("/@openai/codex-") || /[.](?:wasm|node|data)$/u.test(file)) return [];
        const content = await readFile(file, "latin1");
        return [project, join(homedir(), ".")].some((path) => path.length > 6 && content.includes(path)) ? [file] : [];
      }),
    );

    expect(naming.flat()).toEqual([]);
  });

  it("has the fuses set with which its program is nobody's Node, listens to no inspector and runs its archive only", async () => {
    const wire = (await getCurrentFuseWire(installed.program)) as Readonly<Record<number, FuseState | undefined>>;
    const [on, off] = [FuseState.ENABLE, FuseState.DISABLE];

    expect({
      runAsNode: wire[FuseV1Options.RunAsNode],
      nodeOptions: wire[FuseV1Options.EnableNodeOptionsEnvironmentVariable],
      nodeInspect: wire[FuseV1Options.EnableNodeCliInspectArguments],
      cookieEncryption: wire[FuseV1Options.EnableCookieEncryption],
      onlyAsar: wire[FuseV1Options.OnlyLoadAppFromAsar],
      asarIntegrity: wire[FuseV1Options.EnableEmbeddedAsarIntegrityValidation],
    }).toEqual({ runAsNode: off, nodeOptions: off, nodeInspect: off, cookieEncryption: on, onlyAsar: on, asarIntegrity: on });
    // Electron before 29 does not have this one.
    expect([off, undefined]).toContain(wire[FuseV1Options.GrantFileProtocolExtraPrivileges]);
  });

  it("shows the inbox to an owner with an empty home and no Node, and leaves nothing running when it is ended", { timeout: 120_000 }, async () => {
    const application = await startApplication(installed.program);
    try {
      await application.page.getByText("Nothing waits for you").waitFor({ timeout: 60_000 });
      expect(application.page.url()).toMatch(/^app:\/\/signalbox\//u);
      expect(await processesIn(installed.directory)).toContain(join(installed.resources, "node", "bin", "node"));
    } finally {
      expect(await application.end()).toBe(0);
    }

    await expect.poll(() => processesIn(installed.directory)).toEqual([]);
  });

  it("looks for no updates without a feed, and says so", { timeout: 120_000 }, async () => {
    const application = await startApplication(installed.program);
    try {
      expect(await askShell(application.page, { type: "updates", knows: 0 })).toMatchObject({ course: { phase: "off", why: "no-feed" } });
      await expect.poll(() => application.said()).toContain("updates: off (no-feed)");
    } finally {
      await application.end();
    }
  });

  it("fetches a newer version beside the work, and becomes it on the owner's word only", { timeout: 120_000 }, async () => {
    const feed = await serveFeed("9.9.9");
    const folder = await mkdtemp(join(tmpdir(), "signalbox-image-"));
    const image = join(folder, "Signalbox.AppImage");
    await writeFile(image, "the image that runs", { mode: 0o755 });
    const description = join(installed.resources, "app-update.yml");
    await writeFile(description, `provider: generic\nurl: ${feed.url}\nupdaterCacheDirName: signalbox-updater\n`);
    const application = await startApplication(installed.program, { APPIMAGE: image, SIGNALBOX_TEST_STARTED: join(folder, "started") });
    try {
      await expect
        .poll(() => askShell(application.page, { type: "updates", knows: 0 }), { timeout: 60_000 })
        .toMatchObject({ course: { phase: "ready", version: "9.9.9" } });
      expect(await readFile(image, "utf8")).toBe("the image that runs");

      await askShell(application.page, { type: "install-update" });

      expect(await application.exited()).toBe(0);
      await expect.poll(() => readFile(join(folder, "started"), "utf8").catch(() => ""), { timeout: 20_000 }).toBe("9.9.9\n");
      expect(await readFile(image, "utf8")).toBe(feed.image);
      await expect.poll(() => processesIn(installed.directory)).toEqual([]);
    } finally {
      await application.end();
      await feed.close();
      await rm(description);
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** As the page does it. */
function askShell(page: Page, message: object): Promise<unknown> {
  return page.evaluate(`window.signalbox(${JSON.stringify(message)})`);
}

interface ServedFeed {
  readonly url: string;
  /** What the version consists of: a program that writes down that it was started. */
  readonly image: string;
  close(): Promise<void>;
}

/** A feed as the packager writes it, with one version in it. */
async function serveFeed(version: string): Promise<ServedFeed> {
  const image = `#!/bin/sh\necho ${version} > "$SIGNALBOX_TEST_STARTED"\n`;
  const name = `signalbox-${version}.AppImage`;
  const sha512 = createHash("sha512").update(image).digest("base64");
  const description = `version: ${version}\nfiles:\n  - url: ${name}\n    sha512: ${sha512}\n    size: ${image.length}\npath: ${name}\nsha512: ${sha512}\nreleaseDate: '2026-11-21T00:00:00.000Z'\n`;
  const files = new Map([
    ["/latest-linux.yml", description],
    [`/${name}`, image],
  ]);
  const server = createServer((request, response) => {
    const content = files.get((request.url ?? "").replace(/\?.*$/u, ""));
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    image,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}
