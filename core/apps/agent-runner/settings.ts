import { z } from "zod";

const environment = z.object({
  SIGNALBOX_GATEWAY_URL: z.url(),
  SIGNALBOX_RUN_ID: z.string().min(1),
  SIGNALBOX_ATTEMPT: z.coerce.number().int().min(1),
  SIGNALBOX_BOOTSTRAP_TOKEN: z.string().min(20),
  SIGNALBOX_WORKSPACE: z.string().min(1),
  SIGNALBOX_CODEX_HOME: z.string().min(1),
  /** `workspace-write`: Codex's own sandbox; `external`: the pod is the sandbox. */
  SIGNALBOX_SANDBOX: z.enum(["workspace-write", "external"]),
});

export interface RunnerSettings {
  readonly gatewayUrl: string;
  readonly runId: string;
  readonly attempt: number;
  readonly bootstrapToken: string;
  readonly workspace: string;
  readonly codexHome: string;
  readonly sandbox: "workspace-write" | "external";
}

/** Reads the runner's settings and takes the bootstrap token out of the environment, so that no process started later inherits it. */
export function takeSettings(env: NodeJS.ProcessEnv): RunnerSettings {
  const parsed = environment.safeParse(env);
  delete env["SIGNALBOX_BOOTSTRAP_TOKEN"];
  if (!parsed.success) throw new Error(`the agent runner is started by Signalbox, not by hand. ${z.prettifyError(parsed.error)}`);
  return {
    gatewayUrl: parsed.data.SIGNALBOX_GATEWAY_URL,
    runId: parsed.data.SIGNALBOX_RUN_ID,
    attempt: parsed.data.SIGNALBOX_ATTEMPT,
    bootstrapToken: parsed.data.SIGNALBOX_BOOTSTRAP_TOKEN,
    workspace: parsed.data.SIGNALBOX_WORKSPACE,
    codexHome: parsed.data.SIGNALBOX_CODEX_HOME,
    sandbox: parsed.data.SIGNALBOX_SANDBOX,
  };
}
