import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPgliteDriver } from "../../adapters/pglite/driver.ts";
import { runCommand, runJson, type CommandResult } from "../../testing/command-line.ts";

interface Failure {
  readonly error: { readonly type: string; readonly message: string; readonly remedy?: string };
}

/** A workspace whose run is parked on a question, made once; each test gets a copy. */
let original = "";
let directory = "";
let workspace = "";
let question = "";

beforeAll(async () => {
  original = await mkdtemp(join(tmpdir(), "signalbox-original-"));
  const { value } = await runJson<{ readonly waiting: readonly { readonly id: string }[] }>(["rehearse", "--workspace", original, "--decide", "later"]);
  question = value.waiting[0]?.id ?? "";
}, 180_000);
afterAll(async () => rm(original, { recursive: true, force: true }));
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "signalbox-edited-"));
  workspace = join(directory, "workspace");
  await cp(original, workspace, { recursive: true });
});
afterEach(async () => rm(directory, { recursive: true, force: true }));

const command = (...args: readonly string[]): Promise<CommandResult> => runCommand([...args, "--workspace", workspace]);

/** What whoever can write the database might do. */
async function edit(sql: string): Promise<void> {
  const driver = await createPgliteDriver({ directory: join(workspace, "database") });
  await driver.execute(sql);
  await driver.close();
}

function expectPlain({ out, err }: CommandResult): void {
  expect(`${out}${err}`).not.toMatch(/\n\s+at .*\.ts:\d+/u);
}

describe("a request that was edited by hand in the database", () => {
  it.each([
    ["its arguments", `update decision_requests set arguments = jsonb_set(arguments, '{question}', '"Delete everything?"')`],
    ["its deadline", "update decision_requests set expires_at = expires_at + 1000"],
    ["its target", "update decision_requests set target_version = 'other'"],
  ])("is not signed when %s changed, and the audit names it", async (_what, sql) => {
    await edit(sql);

    const decided = await command("inbox", "approve", question, "--json");
    const verified = await runJson<{ readonly ok: boolean; readonly problems: readonly { readonly subject: string }[] }>([
      "audit",
      "verify",
      "--workspace",
      workspace,
    ]);

    expect(decided.code).toBe(1);
    expect((JSON.parse(decided.out) as Failure).error.type).toBe("decision.tampered");
    expectPlain(decided);
    expect({ code: verified.code, ok: verified.value.ok }).toEqual({ code: 1, ok: false });
    expect(verified.value.problems.map((problem) => problem.subject)).toContain(`request:${question}`);
  });

  it("is never executed when its row says approved without the owner's signature, and the audit says so", async () => {
    const forged = {
      phase: "decided",
      decision: { verdict: { type: "approve" }, by: "owner", surface: "desktop", at: 1, keyId: "forged", signature: "forged" },
    };
    await edit(
      `update decision_requests set state = '${JSON.stringify(forged)}'; insert into outbox (id, effect_key, action, state, attempts, created_at) values ('forged', 'execute:forged', '{"type":"execute-decision","requestId":"${question}"}', 'pending', 0, 1)`,
    );

    const shown = await command("inbox", "show", question);
    expect(shown.out).toContain("SIGNATURE DOES NOT VERIFY");

    const decided = await command("inbox", "approve", question, "--json");
    expect(decided.code).toBe(5);
    expectPlain(decided);
    const verified = await runJson<{ readonly ok: boolean }>(["audit", "verify", "--workspace", workspace]);
    expect(verified.value.ok).toBe(false);
  });
});

describe("a workspace that cannot be used", () => {
  it("says that a newer Signalbox has used its database, and leaves it alone", async () => {
    await edit(
      "insert into schema_migrations (version, name, checksum, applied_at) select 999999, 'from the future', checksum, applied_at from schema_migrations limit 1",
    );

    for (const args of [["inbox", "list"], ["rehearse"], ["doctor"]]) {
      const refused = await command(...args, "--json");
      expect({ args, code: refused.code, type: (JSON.parse(refused.out) as Failure).error.type }).toEqual({ args, code: 6, type: "newer-schema" });
      expect((JSON.parse(refused.out) as Failure).error.remedy).toMatch(/\w+/u);
      expectPlain(refused);
    }
  });

  it("says that its secrets are damaged instead of making new ones", async () => {
    await writeFile(join(workspace, "secrets.json"), "{");

    const refused = await command("inbox", "list");

    expect({ code: refused.code, kept: await readFile(join(workspace, "secrets.json"), "utf8") }).toEqual({ code: 1, kept: "{" });
    expect(refused.err).toContain("Restore the file");
    expectPlain(refused);
  });

  it("says that its directory cannot be written", async () => {
    const refused = await runCommand(["inbox", "list", "--workspace", "/proc/signalbox"]);

    expect(refused.code).toBe(6);
    expect(refused.err).toContain("choose another with --workspace");
    expectPlain(refused);
  });

  it("is read by one process while another one opens it", async () => {
    const outcomes = await Promise.all([command("inbox", "list", "--json"), command("runs", "list", "--json"), command("stages", "--json")]);

    expect(outcomes.map((outcome) => outcome.code)).toEqual([0, 0, 0]);
  });
});

describe("a server that cannot start", () => {
  it("names the variables that are missing", async () => {
    const refused = await runCommand(["serve", "all"]);

    expect(refused.code).toBe(1);
    expect(refused.err).toContain("SIGNALBOX_DATABASE_URL");
    expectPlain(refused);
  });

  it("says that its database cannot be reached", async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const environment = {
      SIGNALBOX_DATABASE_URL: `postgres://127.0.0.1:${port}/signalbox`,
      SIGNALBOX_WEBHOOK_SECRET: "0123456789abcdef",
    };

    const refused = await runCommand(["serve", "relay"], environment);

    expect(refused.code).toBe(6);
    expectPlain(refused);
    await new Promise((resolve) => server.close(resolve));
  });
});
