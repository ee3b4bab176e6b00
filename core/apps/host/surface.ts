import type { RPCHandler } from "@orpc/server/bun-ws";
import { portGreeting, type HostEndpoint } from "../../contract/shell.ts";

/** One end of a connection to a surface, whatever carries it. */
export interface SurfaceChannel {
  send(message: string | Uint8Array): void;
  /** Ends it from this side. */
  close(): void;
  /** Calls `hear` with everything that comes, and `left` when nothing will come any more. */
  listen(hear: (message: unknown) => void, left: () => void): void;
}

/** How surfaces reach a host. */
export interface Serving {
  readonly endpoint: HostEndpoint;
  /** Serves a surface that has come another way than to the endpoint. Whoever brings it vouches for it: no token is asked for. */
  take(channel: SurfaceChannel): void;
}

/** Longest message of a surface, in bytes or characters: no input of the contract comes near it. */
export const longestMessage = 4 * 1024 * 1024;

/**
 * One surface, until it leaves or says what is no message of the protocol. oRPC's adapter for `ws` prints the latter on the console, with a stack trace; the one for Bun leaves it to its caller and
 * asks no more of a connection than to send.
 */
export function serveSurface(channel: SurfaceChannel, handler: RPCHandler<Record<never, never>>, left: () => void = () => undefined): void {
  const peer = {
    send(message: string | ArrayBufferLike | Uint8Array): number {
      const sent = typeof message === "string" || message instanceof Uint8Array ? message : new Uint8Array(message);
      channel.send(sent);
      return sent.length;
    },
  };
  const leave = (): void => {
    handler.close(peer);
    left();
  };
  const refuse = (): void => {
    channel.close();
    leave();
  };
  channel.listen((message) => {
    if (!isMessage(message) || message.length > longestMessage) return refuse();
    handler.message(peer, typeof message === "string" ? message : Buffer.from(message)).catch(refuse);
  }, leave);
}

/** Tells a surface on a port, where nothing says that the other end is there, that it is. */
export function greetSurface(channel: SurfaceChannel): void {
  channel.send(portGreeting);
}

export function isMessage(message: unknown): message is string | Uint8Array {
  return typeof message === "string" || message instanceof Uint8Array;
}
