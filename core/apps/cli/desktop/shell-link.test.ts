import { EventEmitter } from "node:events";
import { describe, expect, it, vi } from "vitest";
import type { SurfaceChannel } from "../../host/surface.ts";
import { shellLink, type ShellProcess } from "./shell-link.ts";
import { startOthersOnNode, type RunningProgram } from "./start-others-on-node.ts";

const waiting = { type: "waiting", count: 1 } as const;

/** A port as Electron's: what comes lies in `data`. */
class Port extends EventEmitter {
  readonly sent: unknown[] = [];
  isStarted = false;
  postMessage(message: unknown): void {
    this.sent.push(message);
  }
  start(): void {
    this.isStarted = true;
  }
  close(): void {
    this.emit("close");
  }
}

describe("a host's link to its shell", () => {
  it("is nothing for a program that no shell has started", () => {
    expect(shellLink({ connected: false, on: vi.fn<never>(), once: vi.fn<never>() })).toBeUndefined();
  });

  it("is Node's channel, which says when the shell has gone, and brings no windows", () => {
    const send = vi.fn<(message: unknown, sent: () => void) => boolean>();
    const started = Object.assign(new EventEmitter(), { connected: true, send, disconnect: vi.fn<() => void>() });
    const link = shellLink(started as unknown as ShellProcess)!;
    const [heard, left] = [vi.fn<(message: unknown) => void>(), vi.fn<() => void>()];
    link.listen(heard, left);

    link.send(waiting);
    started.emit("message", { any: 1 });
    started.connected = false;
    started.emit("disconnect");
    link.send(waiting);
    link.close();

    expect(send.mock.calls.map(([message]) => message)).toEqual([waiting]);
    expect(heard.mock.calls).toEqual([[{ any: 1 }]]);
    expect([left.mock.calls.length, started.disconnect.mock.calls.length]).toEqual([1, 0]);
  });

  it("is the runtime's own port, which brings windows, and nothing that is no offer of one", () => {
    const shell = new Port();
    const link = shellLink({ parentPort: shell } as unknown as ShellProcess)!;
    const taken: SurfaceChannel[] = [];
    const heard = vi.fn<(message: unknown) => void>();
    link.listen(heard, () => undefined);
    link.onSurface((channel) => taken.push(channel));
    const port = new Port();

    link.send(waiting);
    shell.emit("message", { data: { type: "surface" }, ports: [port] });
    shell.emit("message", { data: { type: "surface", token: "x" }, ports: [new Port()] });
    shell.emit("message", { data: { type: "surface" }, ports: [] });

    expect(shell.sent).toEqual([waiting]);
    expect(taken).toHaveLength(1);
    const [said, left] = [vi.fn<(message: unknown) => void>(), vi.fn<() => void>()];
    taken[0]!.listen(said, left);
    port.emit("message", { data: "to the host", ports: [] });
    taken[0]!.send("to the window");
    taken[0]!.close();
    expect([port.isStarted, port.sent, said.mock.calls, left.mock.calls.length]).toEqual([true, ["to the window"], [["to the host"]], 1]);
  });
});

describe("what a host starts", () => {
  const program = (electron: string | undefined, node: string | undefined): RunningProgram => ({
    execPath: "/opt/Signalbox/signalbox",
    versions: { electron },
    env: { SIGNALBOX_NODE: node, HOME: "/h" },
  });

  it("runs on the Node that the shell names where the host runs in the shell's runtime, and keeps the name to itself", () => {
    const inRuntime = program("45.4.1", "/opt/Signalbox/resources/node/bin/node");
    startOthersOnNode(inRuntime);

    expect(inRuntime.execPath).toBe("/opt/Signalbox/resources/node/bin/node");
    expect(inRuntime.env).toEqual({ HOME: "/h" });
  });

  it("runs on the host's own program everywhere else, whatever the environment names", () => {
    const [onNode, unnamed] = [program(undefined, "/tmp/other"), program("45.4.1", undefined)];
    for (const each of [onNode, unnamed]) startOthersOnNode(each);

    expect([onNode.execPath, unnamed.execPath]).toEqual(["/opt/Signalbox/signalbox", "/opt/Signalbox/signalbox"]);
  });
});
