import { afterEach, describe, expect, it } from "vitest";
import { createLocalForgeStage, type LocalForgeStage } from "../../testing/local-forge-stage.ts";
import { createGitHubForge } from "./github-forge.ts";

let stage: LocalForgeStage | undefined;

async function open(): Promise<LocalForgeStage> {
  stage = await createLocalForgeStage();
  return stage;
}

afterEach(async () => {
  await stage?.dispose();
  stage = undefined;
});

describe("an app's credential", () => {
  it("acts as the app's bot, on a repository where the app is installed, with a token that lives for an hour", async () => {
    const { forge, repository, as } = await open();
    const { appId, privateKey, login } = forge.createApp({ slug: "signalbox", owner: "acme" });
    forge.setPermission(repository, login, "write");
    const app = createGitHubForge({ credential: { type: "app", appId, privateKey }, baseUrl: forge.apiUrl });

    const issue = await app.createIssue(repository, { title: "By the app", body: "", labels: ["bug"] });

    expect(await app.identity()).toBe("signalbox[bot]");
    expect(issue.author).toBe("signalbox[bot]");
    expect((await as.owner.issue(repository, issue.number)).labels).toEqual(["bug"]);
    expect(Buffer.from((await app.gitRemote(repository)).authorization.slice(6), "base64").toString()).toMatch(/^x-access-token:ghs_/);
  });

  it("is unauthorised when the key is not the app's", async () => {
    const { forge, repository } = await open();
    const { appId } = forge.createApp({ slug: "one", owner: "acme" });
    const { privateKey } = forge.createApp({ slug: "other", owner: "acme" });
    const app = createGitHubForge({ credential: { type: "app", appId, privateKey }, baseUrl: forge.apiUrl });

    await expect(app.repository(repository)).rejects.toMatchObject({ name: "InfrastructureError", code: "unauthorised" });
  });

  it("finds nothing where the app is not installed", async () => {
    const { forge, repository } = await open();
    const { appId, privateKey } = forge.createApp({ slug: "signalbox", owner: "olga" });
    const app = createGitHubForge({ credential: { type: "app", appId, privateKey }, baseUrl: forge.apiUrl });

    await expect(app.repository(repository)).rejects.toMatchObject({ name: "InfrastructureError", code: "not-found" });
  });
});
