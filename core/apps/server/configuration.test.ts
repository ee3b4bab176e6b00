import { describe, expect, it } from "vitest";
import { readConfiguration, readRelayConfiguration } from "./configuration.ts";

const complete = {
  SIGNALBOX_DATABASE_URL: "postgres://signalbox@db/signalbox",
  SIGNALBOX_REPOSITORIES: "acme/app, acme/site",
  SIGNALBOX_GITHUB_TOKEN: "t",
  SIGNALBOX_WEBHOOK_SECRET: "0123456789abcdef",
  SIGNALBOX_BOOTSTRAP_SECRET: "fedcba9876543210",
  SIGNALBOX_WEBHOOK_URL: "https://hooks.example.com/webhooks/github",
  SIGNALBOX_TRUSTED_SIGNERS: "keys",
  SIGNALBOX_DATA_DIRECTORY: "data",
  SIGNALBOX_MODEL_URL: "https://model.example.com/v1",
  SIGNALBOX_MODEL_KEY: "k",
  SIGNALBOX_MODEL_NAME: "m",
};

describe("the configuration of a relay", () => {
  it("needs the database and the webhook secret, and nothing that reaches further", () => {
    const { SIGNALBOX_DATABASE_URL, SIGNALBOX_WEBHOOK_SECRET } = complete;

    expect(readRelayConfiguration({ SIGNALBOX_DATABASE_URL, SIGNALBOX_WEBHOOK_SECRET })).toEqual({
      databaseUrl: SIGNALBOX_DATABASE_URL,
      webhookSecret: SIGNALBOX_WEBHOOK_SECRET,
      listen: "127.0.0.1",
      relayPort: 8_080,
    });
  });
});

describe("the configuration of a server", () => {
  it("takes what is set and fills in the rest", async () => {
    expect(await readConfiguration(complete)).toMatchObject({
      repositories: ["acme/app", "acme/site"],
      relayPort: 8_080,
      listen: "127.0.0.1",
      github: { url: "https://api.github.com", credential: { type: "token" } },
    });
  });

  it("takes times that differ from the defaults", async () => {
    expect(await readConfiguration({ ...complete, SIGNALBOX_TIMES: "lease=15, sweep=5" })).toMatchObject({ times: { lease: 15, sweep: 5 } });
  });

  it.each([
    ["SIGNALBOX_TIMES", "leaze=15"],
    ["SIGNALBOX_TIMES", "lease=soon"],
    ["SIGNALBOX_DATABASE_URL", "mysql://x"],
    ["SIGNALBOX_REPOSITORIES", "acme"],
    ["SIGNALBOX_WEBHOOK_SECRET", "short"],
    ["SIGNALBOX_BOOTSTRAP_SECRET", undefined],
    ["SIGNALBOX_WEBHOOK_URL", "hooks"],
    ["SIGNALBOX_RELAY_PORT", "70000"],
    ["SIGNALBOX_MODEL_KEY", undefined],
    ["SIGNALBOX_GITHUB_TOKEN", undefined],
  ])("names %s when it is %s", async (name, value) => {
    await expect(readConfiguration({ ...complete, [name]: value })).rejects.toMatchObject({
      code: "invalid-response",
      message: expect.stringContaining(name) as unknown,
    });
  });
});
