import type { ReasoningLevel } from "../../domain/run/run.ts";

/** The model and how Codex reaches it: any server with the Responses API. The key travels in the environment of the Codex process only. */
export interface CodexModel {
  /** Ends in `/v1` usually. For OpenAI itself: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** As the provider spells it. */
  readonly name: string;
  readonly reasoning: ReasoningLevel;
}

/** The gateway, the agent's only MCP server. */
export interface CodexGateway {
  readonly url: string;
  readonly token: string;
}

/**
 * `workspace-write`: Codex's own sandbox (no network; nothing is there but the system's programs, the workspace and a temporary folder; `.git` is read-only).
 * `external`: no sandbox of its own, for pods whose container is the sandbox and in which Codex cannot make a user namespace.
 */
export type CodexSandbox = "workspace-write" | "external";

export interface CodexConfiguration {
  readonly model: CodexModel;
  readonly gateway?: CodexGateway | undefined;
  readonly sandbox: CodexSandbox;
  /** The one writable directory outside the workspace; TMPDIR of the agent's commands. The machine's own /tmp holds other runs' files. */
  readonly temporaryDirectory: string;
  /** What the agent's commands can read beside the system's own programs (`/usr`, `/bin`, `/lib`, `/etc`), such as Codex itself and Node. */
  readonly readable: readonly string[];
  /** What they cannot read even so; only places that exist. */
  readonly denied: readonly string[];
}

/** Parts of `/etc` that hold secrets and that a run as root, or in the wrong group, could read. */
export const secretPlaces: readonly string[] = [
  "/etc/shadow",
  "/etc/shadow-",
  "/etc/gshadow",
  "/etc/gshadow-",
  "/etc/ssh",
  "/etc/ssl/private",
  "/etc/sudoers",
  "/etc/sudoers.d",
  "/etc/docker",
  "/etc/kubernetes",
  "/etc/rancher",
  "/etc/wireguard",
  "/etc/NetworkManager/system-connections",
];

/** Name of the permission profile under which the agent's commands run. */
export const permissionProfile = "run";

/** Names of the variables that carry the two secrets to the Codex process. The agent's commands never see them. */
export const modelKeyVariable = "SIGNALBOX_MODEL_KEY";
export const gatewayTokenVariable = "SIGNALBOX_GATEWAY_TOKEN";
/** The gateway's name as an MCP server: the model calls its tools in the namespace `mcp__signalbox`. */
export const gatewayServerName = "signalbox";

const reasoningEfforts = { low: "low", medium: "medium", high: "high", "extra-high": "xhigh" } as const satisfies Record<ReasoningLevel, string>;

/** The text of `config.toml`. It names the environment variables of the secrets and holds neither. */
export function renderCodexConfiguration(configuration: CodexConfiguration): string {
  return [...general(configuration), ...isolation(configuration), ...provider(configuration), ...gateway(configuration)].join("\n") + "\n";
}

function general(configuration: CodexConfiguration): readonly string[] {
  return [
    `model = ${toml(configuration.model.name)}`,
    `model_provider = "run"`,
    `model_reasoning_effort = ${toml(reasoningEfforts[configuration.model.reasoning])}`,
    `web_search = "disabled"`,
    `approval_policy = "never"`,
    // In the file, because `codex exec resume` takes no sandbox option and would fall back to read-only.
    configuration.sandbox === "external" ? `sandbox_mode = "danger-full-access"` : `default_permissions = ${toml(permissionProfile)}`,
    `allow_login_shell = false`,
    `check_for_update_on_startup = false`,
    `[analytics]`,
    `enabled = false`,
    `[feedback]`,
    `enabled = false`,
    `[history]`,
    `persistence = "none"`,
    // A run is one agent with one context: no agents of its own, nothing remembered outside the session that is snapshotted.
    `[agents]`,
    `enabled = false`,
    `[skills]`,
    `include_instructions = false`,
    `[skills.bundled]`,
    `enabled = false`,
    `[features]`,
    `memories = false`,
    `apps = false`,
    `plugins = false`,
    `goals = false`,
    // A shell snapshot would run the machine's login profile and bring its environment back in.
    `shell_snapshot = false`,
  ];
}

/**
 * The permission profile: nothing is there that is not named. A sandbox that only forbids writing would leave every file of the user readable: keys, tokens,
 * other runs' clones, the database.
 */
export function renderPermissions(configuration: Pick<CodexConfiguration, "temporaryDirectory" | "readable" | "denied">): readonly string[] {
  return [
    `[permissions.${permissionProfile}.filesystem]`,
    `":minimal" = "read"`,
    ...configuration.readable.map((path) => `${toml(path)} = "read"`),
    ...configuration.denied.map((path) => `${toml(path)} = "deny"`),
    `${toml(configuration.temporaryDirectory)} = "write"`,
    `[permissions.${permissionProfile}.filesystem.":workspace_roots"]`,
    `"." = "write"`,
    `".git" = "read"`,
    `[permissions.${permissionProfile}.network]`,
    `enabled = false`,
  ];
}

function isolation(configuration: CodexConfiguration): readonly string[] {
  const directory = toml(configuration.temporaryDirectory);
  return [
    ...(configuration.sandbox === "external" ? [] : renderPermissions(configuration)),
    `[shell_environment_policy]`,
    `inherit = "core"`,
    `ignore_default_excludes = false`,
    `exclude = ["SIGNALBOX_*", "*KEY*", "*TOKEN*", "*SECRET*", "*PASSWORD*"]`,
    `set = { TMPDIR = ${directory}, GIT_TERMINAL_PROMPT = "0" }`,
  ];
}

function provider(configuration: CodexConfiguration): readonly string[] {
  return [
    `[model_providers.run]`,
    `name = "model of the run"`,
    `base_url = ${toml(configuration.model.baseUrl)}`,
    `wire_api = "responses"`,
    `env_key = "${modelKeyVariable}"`,
    `request_max_retries = 4`,
    `stream_max_retries = 5`,
    `stream_idle_timeout_ms = 300000`,
  ];
}

function gateway(configuration: CodexConfiguration): readonly string[] {
  if (!configuration.gateway) return [];
  return [
    `[mcp_servers.${gatewayServerName}]`,
    `url = ${toml(configuration.gateway.url)}`,
    `bearer_token_env_var = "${gatewayTokenVariable}"`,
    // Without `required` a refused token silently leaves the agent without tools.
    `required = true`,
    `startup_timeout_sec = 30`,
    // Longer than the gateway holds a call for a quick decision (45 s).
    `tool_timeout_sec = 120`,
    // The gateway decides by its rules; Codex has nobody to ask.
    `default_tools_approval_mode = "approve"`,
  ];
}

/** A TOML basic string: JSON's escapes are a subset of TOML's, but for DEL, which JSON leaves as it is. */
function toml(value: string): string {
  return JSON.stringify(value).replaceAll("\u007f", "\\u007F");
}
