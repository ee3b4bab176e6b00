import { describe, expect, it } from "vitest";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";
import { runChecks, type DoctorDependencies } from "./doctor.ts";

type Workspace = DoctorDependencies["workspace"];
type Signing = DoctorDependencies["signing"];
type Faulty = Partial<Omit<DoctorDependencies, "workspace" | "signing">> & { readonly workspace?: Partial<Workspace>; readonly signing?: Partial<Signing> };

const now = Date.UTC(2026, 5, 1);
const key = { keyId: "a1b2c3d4e5f60718", person: "olga", isSealed: false };
const at = (sequence: number) => ({ sequence, hash: `hash-${sequence}` });

/** A workspace without a fault, but for what a test puts in. */
function machine(fault: Faulty = {}): DoctorDependencies {
  const { workspace, signing, ...rest } = fault;
  return {
    nodeVersion: "24.21.0",
    gitVersion: async () => "2.39.5",
    codexVersion: async () => "0.169.0",
    codexExpected: "0.169.0",
    sandbox: async () => ({ starts: true, wroteOutside: false, readOutside: false, reachedNetwork: false, detail: "EROFS, EPERM" }),
    schema: async () => ({ applied: 3, known: 3 }),
    forge: async () => ({ url: "http://forge", bot: "signalbox[bot]", owner: "olga" }),
    relay: async () => ({ url: "http://relay/healthz", status: 200 }),
    gateway: async () => ({ url: "http://gateway/healthz", status: 200 }),
    hooks: async () => [{ repository: "acme/shop", hookId: 1, deliveries: [{ guid: "g1", event: "issues", ok: true }] }],
    clocks: async () => ({ machine: now, forge: now + 1_000, newestEvent: now - 5_000 }),
    chain: async () => ({ head: at(10), anchor: at(8), atAnchor: "hash-8" }),
    givenUpEffects: async () => [],
    lostRuns: async () => [],
    ...rest,
    workspace: { path: "/ws", tryWriting: async () => {}, freeBytes: async () => 50 * 1024 ** 3, mode: async () => 0o40700, ...workspace },
    signing: {
      path: "/ws/keys/olga.signing-key.json",
      owner: "olga",
      mode: async () => 0o100600,
      key: async () => key,
      trusted: async () => [key],
      ...signing,
    },
  };
}

const refuse = (message: string, remedy?: string) => async (): Promise<never> => {
  throw remedy === undefined ? new Error(message) : new InfrastructureError("unavailable", message, { remedy });
};

interface SeededFault {
  readonly what: string;
  readonly fault: Faulty;
  readonly check: string;
  readonly status: "warn" | "fail";
  readonly says: string;
}

const faults: readonly SeededFault[] = [
  { what: "an old Node", fault: { nodeVersion: "20.11.1" }, check: "node", status: "fail", says: "20.11.1" },
  { what: "an old git", fault: { gitVersion: async () => "2.25.1" }, check: "git", status: "fail", says: "2.25.1" },
  {
    what: "no git",
    fault: { gitVersion: refuse("git does not start", "Install git and put it on the path.") },
    check: "git",
    status: "fail",
    says: "git does not start",
  },
  { what: "another Codex", fault: { codexVersion: async () => "0.150.0" }, check: "codex", status: "warn", says: "0.150.0" },
  { what: "no Codex", fault: { codexVersion: refuse("the Codex CLI is not installed", "Run npm ci.") }, check: "codex", status: "fail", says: "not installed" },
  {
    what: "a kernel without the sandbox",
    fault: { sandbox: async () => ({ starts: false, wroteOutside: false, readOutside: false, reachedNetwork: false, detail: "bwrap: no user namespace" }) },
    check: "sandbox",
    status: "fail",
    says: "bwrap",
  },
  {
    what: "a sandbox that lets commands write",
    fault: { sandbox: async () => ({ starts: true, wroteOutside: true, readOutside: false, reachedNetwork: false, detail: "" }) },
    check: "sandbox",
    status: "fail",
    says: "wrote outside",
  },
  {
    what: "a sandbox that lets commands read",
    fault: { sandbox: async () => ({ starts: true, wroteOutside: false, readOutside: true, reachedNetwork: false, detail: "" }) },
    check: "sandbox",
    status: "fail",
    says: "read outside",
  },
  {
    what: "a sandbox with network",
    fault: { sandbox: async () => ({ starts: true, wroteOutside: false, readOutside: false, reachedNetwork: true, detail: "" }) },
    check: "sandbox",
    status: "fail",
    says: "reached the network",
  },
  {
    what: "an unwritable workspace",
    fault: { workspace: { tryWriting: refuse("EROFS: read-only file system") } },
    check: "workspace",
    status: "fail",
    says: "EROFS",
  },
  { what: "a workspace that others can read", fault: { workspace: { mode: async () => 0o40755 } }, check: "workspace", status: "warn", says: "0755" },
  { what: "a nearly full disk", fault: { workspace: { freeBytes: async () => 1024 ** 3 } }, check: "disk", status: "warn", says: "1.0 GiB" },
  { what: "a full disk", fault: { workspace: { freeBytes: async () => 0 } }, check: "disk", status: "fail", says: "0.0 GiB" },
  {
    what: "a missing signing key",
    fault: { signing: { key: refuse("There is no key file", "Make a key with `signalbox init-keys`.") } },
    check: "signing-key",
    status: "fail",
    says: "no key file",
  },
  { what: "a signing key that others can read", fault: { signing: { mode: async () => 0o100644 } }, check: "signing-key", status: "fail", says: "0644" },
  {
    what: "somebody else's signing key",
    fault: { signing: { key: async () => ({ ...key, person: "mallory" }), trusted: async () => [{ ...key, person: "mallory" }] } },
    check: "signing-key",
    status: "fail",
    says: "mallory",
  },
  { what: "no trusted signer", fault: { signing: { trusted: async () => [] } }, check: "trusted-signer", status: "fail", says: "no public key is trusted" },
  {
    what: "an untrusted key",
    fault: { signing: { trusted: async () => [{ keyId: "ffff", person: "olga" }] } },
    check: "trusted-signer",
    status: "fail",
    says: "not among the trusted",
  },
  { what: "a database of a newer version", fault: { schema: async () => ({ applied: 9, known: 3 }) }, check: "database", status: "fail", says: "schema 9" },
  { what: "a database that was not migrated", fault: { schema: async () => ({ applied: 1, known: 3 }) }, check: "database", status: "fail", says: "needs 3" },
  {
    what: "a database that does not answer",
    fault: { schema: refuse("the database is not available", "Check that the server runs.") },
    check: "database",
    status: "fail",
    says: "not available",
  },
  {
    what: "a forge that refuses the credential",
    fault: { forge: refuse("the forge refused the token", "Make a new token.") },
    check: "forge",
    status: "fail",
    says: "refused the token",
  },
  {
    what: "one credential for agents and owner",
    fault: { forge: async () => ({ url: "http://forge", bot: "olga", owner: "olga" }) },
    check: "forge",
    status: "warn",
    says: "same person",
  },
  {
    what: "a dead relay",
    fault: { relay: refuse("http://relay/healthz does not answer", "Start the workspace again.") },
    check: "relay",
    status: "fail",
    says: "does not answer",
  },
  {
    what: "a gateway that fails",
    fault: { gateway: async () => ({ url: "http://gateway/healthz", status: 503 }) },
    check: "gateway",
    status: "fail",
    says: "503",
  },
  { what: "a process that only reads", fault: { gateway: async () => undefined }, check: "gateway", status: "warn", says: "only reads" },
  { what: "a missing webhook", fault: { hooks: async () => [{ repository: "acme/shop", deliveries: [] }] }, check: "hook", status: "fail", says: "acme/shop" },
  {
    what: "a delivery that never arrived",
    fault: { hooks: async () => [{ repository: "acme/shop", hookId: 1, deliveries: [{ guid: "g2", event: "issues", ok: false }] }] },
    check: "hook",
    status: "warn",
    says: "1 of acme/shop (issues)",
  },
  {
    what: "a clock that is behind the record",
    fault: { clocks: async () => ({ machine: now, newestEvent: now + 3_600_000 }) },
    check: "clock",
    status: "fail",
    says: "3600 s later",
  },
  { what: "a clock that was never set", fault: { clocks: async () => ({ machine: 0 }) }, check: "clock", status: "fail", says: "1970" },
  {
    what: "a clock far from the forge's",
    fault: { clocks: async () => ({ machine: now, forge: now - 120_000 }) },
    check: "clock",
    status: "warn",
    says: "120 s",
  },
  { what: "events that were removed", fault: { chain: async () => ({ head: at(5), anchor: at(8) }) }, check: "audit", status: "fail", says: "removed" },
  {
    what: "a record that was rewritten",
    fault: { chain: async () => ({ head: at(10), anchor: at(8), atAnchor: "another" }) },
    check: "audit",
    status: "fail",
    says: "rewritten",
  },
  { what: "a record without an anchor", fault: { chain: async () => ({ head: at(10) }) }, check: "audit", status: "warn", says: "no anchor" },
  {
    what: "an effect that was given up",
    fault: { givenUpEffects: async () => [{ type: "post-comment", error: "issue is locked" }] },
    check: "effects",
    status: "warn",
    says: "post-comment (issue is locked)",
  },
  {
    what: "a run whose process is gone",
    fault: { lostRuns: async () => [{ runId: "run-7", attempt: 2, why: "its process is gone" }] },
    check: "runs",
    status: "warn",
    says: "run-7 attempt 2",
  },
];

describe("the doctor", () => {
  it("finds nothing wrong with a sound workspace but what is true of every rehearsal: local processes are no security boundary", async () => {
    const checks = await runChecks(machine());

    expect(checks.filter((check) => check.status !== "pass").map((check) => check.id)).toStrictEqual(["local-processes"]);
    expect(checks.find((check) => check.id === "local-processes")?.detail).toContain("Codex's sandbox alone");
  });

  it.each(faults)("names $what, says what to do, and blames nothing else", async ({ fault, check: id, status, says }) => {
    const checks = await runChecks(machine(fault));

    const found = checks.find((check) => check.id === id);
    expect(found).toMatchObject({ status });
    expect(found?.detail).toContain(says);
    expect(found?.remedy).toMatch(/\w{3}/u);
    expect(checks.filter((check) => check.status !== "pass" && check.id !== id).map((check) => check.id)).toStrictEqual(["local-processes"]);
  });

  it("says of a sealed signing key that it is one", async () => {
    const checks = await runChecks(machine({ signing: { key: async () => ({ ...key, isSealed: true }) } }));

    expect(checks.find((check) => check.id === "signing-key")).toMatchObject({ status: "pass", detail: expect.stringContaining("sealed with the keyring") });
  });

  it("ends even when a check never answers", async () => {
    const checks = await runChecks({ ...machine({ forge: () => new Promise(() => {}) }), patience: 10 });

    expect(checks.find((check) => check.id === "forge")).toMatchObject({ status: "fail", detail: expect.stringContaining("no answer") });
  });

  it("does not count a delivery whose repetition arrived", async () => {
    const deliveries = [
      { guid: "g1", event: "issues", ok: true },
      { guid: "g1", event: "issues", ok: false },
    ];

    const checks = await runChecks(machine({ hooks: async () => [{ repository: "acme/shop", hookId: 1, deliveries }] }));

    expect(checks.find((check) => check.id === "hook")).toMatchObject({ status: "pass" });
  });
});
