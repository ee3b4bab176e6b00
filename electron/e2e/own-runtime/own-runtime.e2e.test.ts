import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { layoutOf } from "../../../core/apps/rehearsal/workspace-directory.ts";
import { eachTestsWorkspace } from "../../../core/testing/rehearsal-workspace.ts";
import { desktopUnavailable, openInDesktop, type Desktop } from "../../../renderer/e2e/desktop.ts";
import { driveWindow, type OpenWindow } from "../../../renderer/e2e/window.ts";

const reason = desktopUnavailable();
const idea = "Who is on call at night?";
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

describe.skipIf(reason !== undefined)(`a host in a process of the shell's runtime ${reason ?? ""}`, () => {
  const workspace = eachTestsWorkspace();
  let desktop: Desktop;
  let carried: Readonly<Record<string, string>>;
  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), "signalbox-runtime-"));
    const program = join(directory, "runtime-process.cjs");
    await writeFile(program, stripTypeScriptTypes(await readFile(at("runtime-process.fixture.cts"), "utf8")));
    carried = {
      SIGNALBOX_PROGRAM: program,
      SIGNALBOX_TEST_PROGRAM: at("../../../core/apps/cli/signalbox.js"),
      SIGNALBOX_TEST_RUNTIME: at("as-in-runtime.fixture.ts"),
    };
    return () => rm(directory, { recursive: true });
  });
  afterEach(() => desktop.close());

  async function open(more: Readonly<Record<string, string>>): Promise<{ window: OpenWindow; sockets: () => number }> {
    desktop = await openInDesktop(workspace.path(), { SIGNALBOX_HOST_RUNS_ON: "own-runtime", ...more });
    let sockets = 0;
    desktop.page.on("websocket", () => (sockets += 1));
    return { window: await driveWindow(desktop), sockets: () => sockets };
  }
  const alerts = (): Promise<string[]> => desktop.page.getByRole("alert").allTextContents();

  it("speaks with the window over a port alone, also after it was killed and after the page was loaded again", { timeout: 240_000 }, async () => {
    const { window, sockets } = await open(carried);
    await window.goTo("Board");
    await desktop.page.getByText(idea).waitFor();

    await desktop.killHost();
    await desktop.page.getByRole("alert").first().waitFor();
    expect(await desktop.page.getByText(idea).isVisible()).toBe(true);
    await expect.poll(alerts, { timeout: 60_000 }).toEqual([]);
    await window.moveToIntake(idea);
    await window.goTo("Inbox");
    await window.openRequest("Question");

    await desktop.page.reload();
    await desktop.page.getByText("The agent asks").first().waitFor();
    expect(sockets()).toBe(0);
  });

  it("sets everything down before the shell has gone", { timeout: 120_000 }, async () => {
    const { window } = await open(carried);
    await window.goTo("Board");
    const { pid } = JSON.parse(await readFile(layoutOf(workspace.path()).owner, "utf8")) as { readonly pid: number };
    expect(isAlive(pid)).toBe(true);

    await desktop.close();

    expect(isAlive(pid)).toBe(false);
    const again = await open(carried);
    await again.window.goTo("Board");
    await desktop.page.getByText(idea).waitFor();
  });

  it("is started on the Node that came with it when it does not run there", { timeout: 120_000 }, async () => {
    const { window, sockets } = await open({});
    await window.goTo("Board");
    await desktop.page.getByText(idea).waitFor();

    await desktop.page.reload();
    await desktop.page.getByText(idea).waitFor();
    expect(sockets()).toBeGreaterThan(0);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
