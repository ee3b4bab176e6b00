import type { GitEndpoint } from "../../adapters/git/endpoint.ts";
import type { ModelEndpoint, TurnEndedRequest, TurnVerdict } from "../../contract/runner.ts";
import type { ModelProfile } from "../../domain/run/run.ts";
import type { ToolResult } from "../../domain/tool/tool.ts";
import type { Log } from "../../ports/log.ts";
import type { AcceptPush } from "../../usecases/accept-push.ts";
import type { AuthenticateRun, RunIdentity } from "../../usecases/authenticate-run.ts";
import type { CallerIdentity, CallOptions } from "../../usecases/call-tool.ts";
import type { createEndAttempt } from "../../usecases/end-attempt.ts";
import type { createExchangeRunToken } from "../../usecases/exchange-run-token.ts";
import type { createExtendLease } from "../../usecases/extend-lease.ts";
import type { createRecordEvents } from "../../usecases/record-events.ts";
import type { createRecordLimit } from "../../usecases/record-limit.ts";
import type { createLoadSnapshot, createSaveSnapshot } from "../../usecases/session-snapshots.ts";
import type { RunLimits } from "./run-limits.ts";

/** What the gateway is put together from. It holds no rule of its own: it authenticates, validates, and passes on. */
export interface GatewayDependencies {
  readonly authenticateRun: AuthenticateRun;
  readonly exchangeRunToken: ReturnType<typeof createExchangeRunToken>;
  readonly extendLease: ReturnType<typeof createExtendLease>;
  readonly recordEvents: ReturnType<typeof createRecordEvents>;
  readonly saveSnapshot: ReturnType<typeof createSaveSnapshot>;
  readonly loadSnapshot: ReturnType<typeof createLoadSnapshot>;
  readonly concludeTurn: (identity: RunIdentity, report: TurnEndedRequest) => Promise<TurnVerdict>;
  readonly endAttempt: ReturnType<typeof createEndAttempt>;
  readonly callTool: (caller: CallerIdentity, name: string, raw: unknown, options?: CallOptions) => Promise<ToolResult>;
  readonly acceptPush: AcceptPush;
  readonly git: GitEndpoint;
  /** Where a run's model is reached. */
  readonly model: (profile: ModelProfile) => ModelEndpoint;
  /** Whether the database answers; for /healthz. */
  readonly healthy: () => Promise<boolean>;
  readonly log: Log;
  /** Address under which agents reach this gateway, without a slash at its end; default: the address it listens on. */
  readonly publicUrl?: string | undefined;
  readonly version: string;
  readonly limits?: { readonly json?: number | undefined; readonly snapshot?: number | undefined; readonly run?: RunLimits | undefined } | undefined;
  /** A run has reached one of its limits; told rarely. */
  readonly recordLimit?: ReturnType<typeof createRecordLimit> | undefined;
  /** Milliseconds that only go forward; for tests. */
  readonly elapsed?: (() => number) | undefined;
}
