import { describe, expect, it } from "vitest";
import { takeSettings } from "./settings.ts";

const environment = {
  SIGNALBOX_GATEWAY_URL: "http://127.0.0.1:4000",
  SIGNALBOX_RUN_ID: "run-1",
  SIGNALBOX_ATTEMPT: "2",
  SIGNALBOX_BOOTSTRAP_TOKEN: "a-bootstrap-token-of-some-length",
  SIGNALBOX_WORKSPACE: "/attempt/workspace",
  SIGNALBOX_CODEX_HOME: "/attempt/home/codex",
  SIGNALBOX_SANDBOX: "workspace-write",
};

describe("the runner's settings", () => {
  it("come from the environment, and the bootstrap token is gone from it afterwards", () => {
    const env = { ...environment };

    expect(takeSettings(env)).toMatchObject({ runId: "run-1", attempt: 2, bootstrapToken: "a-bootstrap-token-of-some-length", sandbox: "workspace-write" });
    expect(env).not.toHaveProperty("SIGNALBOX_BOOTSTRAP_TOKEN");
  });

  it.each([
    ["a missing run", { SIGNALBOX_RUN_ID: undefined }],
    ["an address that is none", { SIGNALBOX_GATEWAY_URL: "here" }],
    ["an attempt that is no number", { SIGNALBOX_ATTEMPT: "first" }],
    ["an unknown sandbox", { SIGNALBOX_SANDBOX: "none" }],
  ])("refuse %s, without telling the token and without leaving it there", (_, wrong) => {
    const env: NodeJS.ProcessEnv = { ...environment, ...wrong };

    expect(() => takeSettings(env)).toThrow(/^(?!.*a-bootstrap-token)[\s\S]*SIGNALBOX_/u);
    expect(env).not.toHaveProperty("SIGNALBOX_BOOTSTRAP_TOKEN");
  });
});
