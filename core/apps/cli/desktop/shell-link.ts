import { portOffer, type HostNotice, type HostQuestion } from "../../../contract/shell.ts";
import type { SurfaceChannel } from "../../host/surface.ts";

/** The host's end of what connects it with its shell. */
export interface ShellLink {
  /** A shell that has gone meanwhile hears nothing more. */
  send(message: HostNotice | HostQuestion): void;
  /** Sends what has to arrive before this process ends. */
  sendLast(message: HostNotice): Promise<void>;
  /** Calls `hear` with every message of the shell, and `left` when there is none any more. */
  listen(hear: (message: unknown) => void, left: () => void): void;
  /** Calls `take` with every window that wants to speak with this host directly. */
  onSurface(take: (channel: SurfaceChannel) => void): void;
  /** Lets this process end. */
  close(): void;
}

interface PortMessage {
  readonly data: unknown;
  readonly ports: readonly ElectronPort[];
}

/** Electron's port to whoever started a process of its runtime. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: "message", listener: (message: PortMessage) => void): unknown;
}

/** A port that such a process was given. */
interface ElectronPort extends ParentPort {
  once(event: "close", listener: () => void): unknown;
  start(): void;
  close(): void;
}

/** What a process has of the shell that started it: Electron's own port, Node's channel, or nothing. */
export type ShellProcess = Pick<NodeJS.Process, "connected" | "once" | "on"> & {
  readonly parentPort?: ParentPort | null | undefined;
  readonly send?: NodeJS.Process["send"] | undefined;
  readonly disconnect?: NodeJS.Process["disconnect"] | undefined;
};

/** The link to the shell that started this process; undefined when none did. */
export function shellLink(started: ShellProcess): ShellLink | undefined {
  if (started.parentPort) return portLink(started.parentPort, () => process.exit());
  return started.send === undefined ? undefined : channelLink(started);
}

/** A shell that runs its host in a process of its own runtime hands its windows on. When the shell goes, the runtime ends this process with it. */
function portLink(shell: ParentPort, end: () => void): ShellLink {
  return {
    send: (message) => shell.postMessage(message),
    sendLast: async (message) => shell.postMessage(message),
    listen: (hear) => shell.on("message", ({ data }) => hear(data)),
    onSurface(take) {
      shell.on("message", ({ data, ports: [port] }) => {
        if (port && portOffer.safeParse(data).success) take(portChannel(port));
      });
    },
    // The port to the shell cannot be closed, and would keep this process.
    close: () => void setImmediate(end),
  };
}

function portChannel(port: ElectronPort): SurfaceChannel {
  return {
    send: (message) => port.postMessage(message),
    close: () => port.close(),
    listen(hear, left) {
      port.on("message", ({ data }) => hear(data));
      port.once("close", left);
      port.start();
    },
  };
}

/** A shell that runs its host on a Node of its own has only its messages; its windows come to the host's address. */
function channelLink(started: ShellProcess): ShellLink {
  const post = (message: HostNotice | HostQuestion, sent: () => void): void => {
    // Without somebody to be told that the shell has gone meanwhile, it would end this process before everything is set down.
    if (started.connected) started.send?.(message, sent);
    else sent();
  };
  return {
    send: (message) => post(message, () => undefined),
    sendLast: (message) => new Promise((resolve) => post(message, resolve)),
    listen(hear, left) {
      started.on("message", hear);
      started.once("disconnect", left);
    },
    onSurface: () => undefined,
    close() {
      if (started.connected) started.disconnect?.();
    },
  };
}
