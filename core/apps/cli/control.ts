import type { ContractRouterClient } from "@orpc/contract";
import type { hostContract } from "../../contract/index.ts";
import type { Serving } from "../host/surface.ts";
import type { SecretSealer } from "../../ports/secret-sealer.ts";
import type { Output } from "./output.ts";

export type HostClient = ContractRouterClient<typeof hostContract>;

/** A connection to whoever owns the workspace: this process, or another one over its loopback endpoint. */
export interface Control {
  readonly client: HostClient;
  /** `embedded`: this process opened the workspace and has to see its work through before it ends. */
  readonly mode: "embedded" | "attached";
  /** How surfaces reach the workspace's owner. Whoever has its endpoint is the owner. */
  readonly serving: Serving;
  close(): Promise<void>;
}

export type Purpose = "read" | "work";

/** What the desktop brings along. */
export interface ConnectHelp {
  /** Opens a sealed signing key. */
  readonly sealer?: SecretSealer | undefined;
  /** Told of the workspace's owner, where that is this process, as soon as it answers: earlier than everything works. */
  readonly onServing?: ((serving: Serving) => void) | undefined;
  /** Opens a window on a server's workspace, beside this one; absent where no desktop has started this. */
  readonly openWindow?: ((workspace: string) => void) | undefined;
}

/** What every command gets. */
export interface CommandContext {
  readonly output: Output;
  /** Directory of the workspace that the command is about. */
  readonly root: string;
  readonly version: string;
  readonly signal: AbortSignal;
  /** Connects to the workspace's owner, or opens the workspace here: `work` sets everything in motion, `read` moves nothing. */
  readonly connect: (purpose: Purpose, help?: ConnectHelp) => Promise<Control>;
  readonly now: () => number;
}
