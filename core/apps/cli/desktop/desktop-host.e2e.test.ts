import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { hostNotice, shellOrigin, type HostNotice } from "../../../contract/shell.ts";
import { runCommand } from "../../../testing/command-line.ts";
import { eachTestsWorkspace } from "../../../testing/rehearsal-workspace.ts";

const program = fileURLToPath(new URL("../signalbox.js", import.meta.url));

interface StartedHost {
  readonly process: ChildProcess;
  readonly notices: HostNotice[];
  readonly heard: <T extends HostNotice["type"]>(type: T) => Promise<Extract<HostNotice, { type: T }>>;
}

describe("the process behind the desktop's window", () => {
  const workspace = eachTestsWorkspace();
  let host: StartedHost | undefined;
  afterEach(async () => {
    if (host?.process.exitCode !== null) return;
    host.process.kill("SIGTERM");
    await once(host.process, "exit");
  });

  /** As the shell starts it: with a channel. */
  function start(): StartedHost {
    const child = spawn(process.execPath, [program, "--workspace", workspace.path(), "desktop-host"], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
    const notices: HostNotice[] = [];
    child.on("message", (message) => notices.push(hostNotice.parse(message)));
    return {
      process: child,
      notices,
      async heard(type) {
        const find = (): HostNotice | undefined => notices.find((notice) => notice.type === type);
        await expect.poll(find, { timeout: 60_000 }).toBeDefined();
        return find() as never;
      },
    };
  }

  it("says where it listens, to a page of the desktop only, and counts what waits as it comes", { timeout: 180_000 }, async () => {
    host = start();
    const { endpoint } = await host.heard("ready");
    expect(await host.heard("waiting")).toEqual({ type: "waiting", count: 0 });
    const connects = async (origin: string): Promise<boolean> => {
      const socket = new WebSocket(endpoint.url, ["signalbox", endpoint.token], { origin });
      const isOpen = await new Promise<boolean>((resolve) => {
        socket.once("open", () => resolve(true));
        socket.once("error", () => resolve(false));
      });
      socket.terminate();
      return isOpen;
    };
    expect([await connects(shellOrigin), await connects("app://elsewhere"), await connects("https://example.com")]).toEqual([true, false, false]);

    await runCommand(["rehearse", "--decide", "later", "--workspace", workspace.path()]);

    expect(await host.heard("announce")).toMatchObject({
      urgency: "needs-you",
      topic: "question",
      count: 1,
      place: expect.stringMatching(/^\/inbox\/[\w-]+$/u),
    });
    expect(host.notices).toContainEqual({ type: "waiting", count: 1 });
  });

  it("ends when the shell asks for it, before the shell has gone", { timeout: 60_000 }, async () => {
    host = start();
    await host.heard("ready");

    host.process.kill("SIGTERM");

    const [code] = (await once(host.process, "exit")) as [number];
    expect(code).toBe(0);
  });

  it("ends when the shell does, however that ended, and leaves the workspace to the next", { timeout: 60_000 }, async () => {
    host = start();
    await host.heard("ready");

    host.process.disconnect();

    const [code] = (await once(host.process, "exit")) as [number];
    expect(code).toBe(0);
    expect((await workspace.command("inbox", "list")).code).toBe(0);
  });

  it("says why it cannot begin, and what to do", { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, [program, "--workspace", "/proc/nowhere", "desktop-host"], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
    const [message] = (await once(child, "message")) as [unknown];
    await once(child, "close");

    expect(hostNotice.parse(message)).toEqual({
      type: "failed",
      message: "the workspace directory /proc/nowhere cannot be written",
      remedy: "Make it writable for your user, or choose another with --workspace DIR.",
    });
  });

  it("is not started by hand", async () => {
    const { code, err } = await runCommand(["desktop-host", "--workspace", workspace.path()]);

    expect(code).toBe(2);
    expect(err).toContain("signalbox desktop");
  });
});
