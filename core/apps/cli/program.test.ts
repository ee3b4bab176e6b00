import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ORPCError } from "@orpc/client";
import { CommanderError } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordedContext, sampleCard, sampleGate, sampleQuestion, type RecordedContext } from "../../testing/command-context.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";
import { failureOf, type Failure } from "./failures.ts";
import { createProgram } from "./program.ts";

interface Ended {
  readonly exitCode: ExitCode;
  readonly failure?: Failure | undefined;
  readonly context: RecordedContext;
}

const id = sampleCard().id;
const missing = (): Promise<never> =>
  Promise.reject(new ORPCError("NOT_FOUND", { defined: true, message: "There is no such thing.", data: { remedy: "Look at the list." } }));
const taken = (): Promise<never> =>
  Promise.reject(
    new ORPCError("CONFLICT", {
      defined: true,
      message: "Somebody has decided this already.",
      data: { type: "decision.already-answered", remedy: "Look at the request.", by: "pavel" },
    }),
  );
const refused = (): Promise<never> =>
  Promise.reject(
    new ORPCError("REFUSED", { defined: true, message: "The run is not active.", data: { type: "run.not-active", remedy: "Start the stage again." } }),
  );
const away = (): Promise<never> =>
  Promise.reject(new ORPCError("UNAVAILABLE", { defined: true, message: "The forge does not answer.", data: { code: "unavailable", remedy: "Try again." } }));

/** Runs a command line as the program does, without a process around it. */
async function command(args: readonly string[], client: object = {}): Promise<Ended> {
  const context = recordedContext(client, { isJson: args.includes("--json") });
  let exitCode: ExitCode = exitCodes.ok;
  const program = createProgram(async (work) => {
    exitCode = await work(context);
  }, "1.2.3");
  silence(program);
  try {
    await program.parseAsync(["node", "signalbox", ...args]);
    return { exitCode, context };
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { exitCode: exitCodes.ok, context };
    const failure = failureOf(error, undefined);
    return { exitCode: failure.exitCode, failure, context };
  }
}

function silence(program: ReturnType<typeof createProgram>): void {
  for (const each of [program, ...program.commands]) {
    each.configureOutput({ writeOut: () => {}, writeErr: () => {} });
    if (each !== program) silence(each);
  }
}

describe("wrong usage", () => {
  it.each([
    ["an unknown command", ["dance"]],
    ["an unknown subcommand", ["inbox", "dance"]],
    ["an unknown option", ["inbox", "list", "--everything"]],
    ["a missing id", ["inbox", "show"]],
    ["a denial without a reason", ["inbox", "deny", id]],
    ["changes without saying which", ["inbox", "request-changes", id]],
    ["a question without words", ["inbox", "ask", id]],
    ["an abort without a reason", ["inbox", "abort", id]],
    ["an option that is no number", ["inbox", "answer", id, "--option", "first"]],
    ["an option below one", ["inbox", "answer", id, "--option", "0"]],
    ["an issue that is no number", ["runs", "list", "--issue", "twelve"]],
    ["a fraction of an issue", ["runs", "list", "--issue", "1.5"]],
    ["a cancel without a reason", ["runs", "cancel", "run-1"]],
    ["too many arguments", ["runs", "show", "run-1", "run-2"]],
    ["an unknown part", ["serve", "everything"]],
    ["a limit that is none", ["budget", "--run-usd", "much"]],
    ["a limit below nothing", ["budget", "--day-usd", "-1"]],
    ["half a token", ["budget", "--run-tokens", "0.5"]],
    ["an unknown way to decide", ["rehearse", "--decide", "maybe"]],
    ["a timeout that is none", ["rehearse", "--timeout", "soon"]],
    ["an unknown export format", ["audit", "export", "--format", "xml"]],
    ["keys for nobody", ["init-keys"]],
    ["keys for what is no login", ["init-keys", "--person", "../olga", "--directory", join(tmpdir(), "never-made")]],
    ["an issue without a repository", ["stages", "preview", "12", "vision"]],
    ["an issue without a number", ["stages", "preview", "acme/shop", "vision"]],
  ])("is told with exit 2, before anything is opened: %s", async (_, args) => {
    const { exitCode, failure, context } = await command(args);

    expect({ exitCode, type: failure?.type }).toStrictEqual({ exitCode: exitCodes.usage, type: "usage" });
    expect(failure?.message).toMatch(/\w{3}/u);
    expect(failure?.message).not.toMatch(/^error:|\n\s+at /u);
    expect(context.connections.opened).toBe(0);
  });

  it.each([
    ["an answer without words", ["inbox", "answer", id], sampleQuestion()],
    ["an option that is not offered", ["inbox", "answer", id, "--option", "9"], sampleQuestion()],
    ["an answer to what is no question", ["inbox", "answer", id, "yes"], sampleCard()],
    ["a request for changes to a tool call", ["inbox", "request-changes", id, "--comment", "x"], sampleCard()],
    ["a comment on no line", ["inbox", "request-changes", id, "--comment", "x", "--on", "brief.md"], sampleGate()],
    ["a verdict that is none", ["inbox", "request-changes", id, "--comment", "x", "--document", "brief.md:fine"], sampleGate()],
    ["a verdict that says too much", ["inbox", "request-changes", id, "--comment", "x", "--document", "brief.md:good:but"], sampleGate()],
    ["a verdict that does not say what", ["inbox", "request-changes", id, "--comment", "x", "--document", "brief.md:changes"], sampleGate()],
  ])("is told with exit 2 when the card shows it, and nothing is decided: %s", async (_, args, card) => {
    const { exitCode, failure, context } = await command(args, { inbox: { get: async () => card } });

    expect(exitCode).toBe(exitCodes.usage);
    expect(failure?.remedy).toMatch(/\w{3}/u);
    expect(context.connections).toStrictEqual({ opened: 1, closed: 1 });
  });
});

describe("what the host answers", () => {
  const lists = { list: async () => ({ items: [], asOf: 0 }) };

  it.each([
    ["an unknown request", ["inbox", "show", id], { inbox: { ...lists, get: missing } }, exitCodes.notFound],
    ["an unknown request to approve", ["inbox", "approve", id], { inbox: { ...lists, get: missing } }, exitCodes.notFound],
    ["an unknown short id", ["inbox", "show", "abcdef12"], { inbox: { ...lists, get: missing } }, exitCodes.notFound],
    ["an unknown run", ["runs", "show", "nothing"], { runs: { get: missing } }, exitCodes.notFound],
    ["a transcript of an unknown run", ["runs", "logs", "nothing"], { runs: { transcript: missing } }, exitCodes.notFound],
    ["an unknown run to park", ["runs", "park", "nothing"], { runs: { park: missing } }, exitCodes.notFound],
    ["a request that somebody decided", ["inbox", "approve", id], { inbox: { ...lists, get: async () => sampleCard(), decide: taken } }, exitCodes.conflict],
    ["a run that has ended", ["runs", "cancel", "run-1", "--reason", "x"], { runs: { cancel: taken } }, exitCodes.conflict],
    ["a rule's no", ["runs", "resume", "run-1"], { runs: { resume: refused } }, exitCodes.failed],
    ["a forge that is away", ["stages", "preview", "acme/shop#1", "vision"], { board: { preview: away } }, exitCodes.unavailable],
  ])("becomes an exit code, a sentence and a remedy, and the connection is let go: %s", async (_, args, client, expected) => {
    const { exitCode, failure, context } = await command(args, client);

    expect(exitCode).toBe(expected);
    expect(failure?.message).toMatch(/\w{3}/u);
    expect(failure?.remedy).toMatch(/\w{3}/u);
    expect(context.connections).toStrictEqual({ opened: 1, closed: 1 });
  });

  it("names the fields that the contract does not take", async () => {
    const preview = (): Promise<never> =>
      Promise.reject(new ORPCError("BAD_REQUEST", { message: "Input validation failed", data: { issues: [{ path: ["to"], message: "Invalid option" }] } }));

    const { exitCode, failure } = await command(["stages", "preview", "acme/shop#1", "dance"], { board: { preview } });

    expect([exitCode, failure?.message]).toStrictEqual([exitCodes.usage, "to: Invalid option"]);
  });

  it("decides exactly what was shown, and waits for nothing with --detach", async () => {
    const decisions: unknown[] = [];
    const decide = async (input: unknown): Promise<unknown> => {
      decisions.push(input);
      return sampleGate({ phase: "decided" });
    };

    const said = ["docs/a.md:changes", "docs/b.md:good", "docs/c.md:changes:Name: one."].flatMap((each) => ["--document", each]);
    const { exitCode } = await command(["inbox", "request-changes", id, "--comment", "Owners!", "--on", "docs/a.md:12:who: exactly?", ...said, "--detach"], {
      inbox: { ...lists, get: async () => sampleGate(), decide },
    });

    expect(exitCode).toBe(exitCodes.ok);
    expect(decisions).toStrictEqual([
      {
        id,
        verdict: {
          type: "request_changes",
          comment: "Owners!",
          comments: [{ path: "docs/a.md", line: 12, body: "who: exactly?" }],
          documents: [
            { path: "docs/a.md", verdict: "changes" },
            { path: "docs/b.md", verdict: "good" },
            { path: "docs/c.md", verdict: "changes", body: "Name: one." },
          ],
        },
        surface: "command-line",
        digest: sampleGate().digest,
        targetVersion: sampleGate().targetVersion,
      },
    ]);
  });

  it("prints what may be edited, hands in what the file says, and approves nothing", async () => {
    const directory = await mkdtemp(join(tmpdir(), "signalbox-edit-"));
    const file = join(directory, "call.json");
    await writeFile(file, '{ "number": 1, "number": 2 }\n');
    const edits: unknown[] = [];
    const inbox = {
      ...lists,
      get: async () => sampleCard({ editable: '{\n  "number": 1\n}' }),
      edit: async (input: unknown) => (edits.push(input), sampleCard({ id: "after" })),
    };
    try {
      const printed = await command(["inbox", "edit", id], { inbox });
      const edited = await command(["inbox", "edit", id, "--arguments", file], { inbox });
      const missing = await command(["inbox", "edit", id, "--arguments", join(directory, "none.json")], { inbox });
      const closed = await command(["inbox", "edit", id], { inbox: { ...inbox, get: async () => sampleCard({ phase: "executed" }) } });

      expect(printed.context.out()).toBe('{\n  "number": 1\n}\n');
      expect(edits).toEqual([{ id, arguments: '{ "number": 1, "number": 2 }\n', surface: "command-line", digest: sampleCard().digest }]);
      expect([edited.exitCode, edited.context.err()]).toEqual([exitCodes.ok, expect.stringContaining("Nothing is approved yet")]);
      expect([missing.exitCode, closed.exitCode]).toEqual([exitCodes.usage, exitCodes.usage]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("changes the limits that are named and leaves the others, and takes one off by none", async () => {
    const set: unknown[] = [];
    const state = { budgets: { run: { usd: 2, tokens: 900 }, day: { usd: 20 } }, spentToday: { tokens: 5 }, meters: [], priceTable: "2026-01-01" };
    const workspace = { state: async () => state, setBudgets: async (budgets: unknown) => (set.push(budgets), state) };

    expect((await command(["budget"], { workspace })).context.out()).toMatch(/each run +\$2\.00 +900[\s\S]*used today +unknown +5/u);
    await command(["budget", "--run-usd", "none", "--day-tokens", "70000"], { workspace });
    expect(set).toEqual([{ run: { tokens: 900 }, day: { usd: 20, tokens: 70_000 } }]);
  });

  it("shows how far limited stages are taken up, and sets a limit or takes it off by none", async () => {
    const limits: Record<string, Record<string, number>> = {};
    const set: unknown[] = [];
    const cards = [1, 2].map((issue) => ({ repository: "acme/shop", issue, stage: "dev", phase: "running" }));
    const board = {
      limits: async () => limits,
      cards: async () => ({ cards }),
      async setLimits(input: unknown) {
        set.push(input);
        limits["acme/shop"] = { dev: 2 };
      },
    };
    const limit = (...args: string[]): Promise<Ended> => command(["stages", "limit", ...args], { board });

    expect((await limit()).context.out()).toContain("No stage has a limit.");
    expect((await limit("acme/shop", "dev", "2")).context.out()).toMatch(/acme\/shop +dev +2 of 2 in progress, full\n/u);
    await limit("acme/shop", "dev", "none");
    expect(set).toEqual([
      { repository: "acme/shop", changes: { dev: 2 } },
      { repository: "acme/shop", changes: { dev: null } },
    ]);
    expect((await limit("acme/other")).context.out()).toContain("No stage has a limit.");
    expect([(await limit("acme/shop", "dev")).exitCode, (await limit("acme/shop", "dev", "many")).exitCode]).toEqual([exitCodes.usage, exitCodes.usage]);
    expect(JSON.parse((await command(["--json", "stages", "limit"], { board })).context.out())).toEqual({
      limits: [{ repository: "acme/shop", stage: "dev", inProgress: 2, limit: 2, level: "full" }],
    });
  });

  it("says what CI says of a run's pull request, and shows what does not show in the names of checks", async () => {
    const tokens = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
    const about = { id: "run-1", repository: "acme/shop", issue: 7, stage: "dev", variant: "work", role: "dev", branch: "b", phase: "running" };
    const checks = { head: "a".repeat(40), passed: 1, failed: 1, running: 0, failing: ["bu\u202eild"] };
    const run = { ...about, status: "working", attempt: 1, pull: 12, checks, profile: { model: "m", reasoning: "low" }, tokens, createdAt: 0 };
    const rest = { trigger: { actor: "olga", label: "run:dev" }, toolCalls: [], timeline: [], artifacts: { required: [], present: [], missing: [] } };
    const runs = { list: async () => ({ runs: [run, { ...run, checks: undefined }], asOf: 0 }), get: async () => ({ ...run, ...rest }) };

    const listed = (await command(["runs", "list"], { runs })).context.out();

    expect(listed).toContain("#12: 1 of 2 checks failed");
    expect(listed.split("\n")[2]).toMatch(/ #12 {2}/u);
    expect((await command(["runs", "show", "run-1"], { runs })).context.out()).toContain("pull request #12 (1 of 2 checks failed (bu\\u202eild))");
  });

  it("says how much a pause stops, and that there is one already", async () => {
    const pause = { by: "olga", since: 0, reason: "lunch" };
    const states = [
      { atWork: 2, held: 0 },
      { atWork: 0, held: 2, pause },
    ];
    const workspace = { state: async () => states.shift(), pause: async () => ({ atWork: 0, held: 2, pause }) };
    const said = async (): Promise<string> => (await command(["pause", "--reason", "lunch"], { workspace })).context.out();

    expect(await said()).toBe(
      "Everything is paused by olga since 1970-01-01 00:00 UTC: lunch. 2 runs stop now and lose nothing. signalbox restore lets it go on.\n",
    );
    expect(await said()).toContain("It was so already.");
  });

  it("prints one JSON document on standard output and nothing else there", async () => {
    const { context } = await command(["--json", "inbox", "list"], { inbox: lists });

    expect(JSON.parse(context.out())).toStrictEqual({ items: [], asOf: 0 });
  });

  it("streams a followed transcript as one JSON object a line", async () => {
    const entry = { attempt: 1, sequence: 0, at: 0, type: "message", content: { text: "one\ntwo" } };
    const follow = async (): Promise<AsyncIterable<unknown>> =>
      (async function* () {
        yield { entries: [entry, { ...entry, sequence: 1 }], phase: "running" };
      })();

    const { context } = await command(["--json", "runs", "logs", "run-1", "--follow"], { runs: { follow } });

    expect(
      context
        .out()
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { sequence: number }).sequence),
    ).toStrictEqual([0, 1]);
  });

  it("tells a failed check by its exit code, and a warning not", async () => {
    const check = { id: "disk", title: "Free disk", detail: "0 GiB", remedy: "Free some." };
    const doctor = (status: string) => ({ connection: { doctor: async () => [{ ...check, status }] } });

    expect((await command(["doctor"], doctor("fail"))).exitCode).toBe(exitCodes.failed);
    const warned = await command(["doctor"], doctor("warn"));
    expect(warned.exitCode).toBe(exitCodes.ok);
    expect(warned.context.out()).toContain("warn  Free disk: 0 GiB\n      Free some.");
  });

  it("checks one repository when it is named", async () => {
    const asked: unknown[] = [];
    const labels = { id: "labels", title: "Labels", status: "fail", detail: "1 of 57 are missing: run:dev", remedy: "Start the server again." };
    const preflight = async (input: unknown) => {
      asked.push(input);
      return [labels];
    };

    const { context, exitCode } = await command(["--json", "doctor", "--repository", "acme/shop"], { projects: { preflight } });

    expect(asked).toStrictEqual([{ repository: "acme/shop" }]);
    expect(exitCode).toBe(exitCodes.failed);
    expect(JSON.parse(context.out())).toStrictEqual({ checks: [labels] });
  });
});

describe("init-keys", () => {
  let directory = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "signalbox-init-keys-"));
  });
  afterEach(async () => rm(directory, { recursive: true, force: true }));

  it("makes a pair, says where it is, and never overwrites it", async () => {
    const args = ["--json", "init-keys", "--person", "olga", "--directory", join(directory, "keys")];

    const first = await command(args);
    const second = await command(args);

    expect(JSON.parse(first.context.out())).toMatchObject({
      person: "olga",
      signingKey: join(directory, "keys", "olga.signing-key.json"),
      publicKey: join(directory, "keys", "olga.public-key.json"),
    });
    expect(first.context.out()).not.toContain("PRIVATE KEY");
    expect([second.exitCode, second.failure?.type]).toStrictEqual([exitCodes.conflict, "conflict"]);
  });

  it("says what to do when the directory cannot be made", async () => {
    await writeFile(join(directory, "file"), "");

    const { exitCode, failure } = await command(["init-keys", "--person", "olga", "--directory", join(directory, "file", "keys")]);

    expect([exitCode, failure?.type]).toStrictEqual([exitCodes.unavailable, "unwritable"]);
  });
});
