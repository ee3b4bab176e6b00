import { execFileSync } from "node:child_process";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { RehearsalReport } from "./report.ts";
import { runCommand, startCommand, type JsonResult } from "../../../testing/command-line.ts";
import { eachTestsWorkspace } from "../../../testing/rehearsal-workspace.ts";

type Inbox = { readonly items: readonly { readonly id: string; readonly kind: string; readonly summary: string }[] };
type Decided = {
  readonly request: { readonly phase: string };
  readonly run: { readonly phase: string; readonly threadId: string; readonly attempt: number };
  readonly waiting: Inbox["items"];
};

const workspace = eachTestsWorkspace();
const { command } = workspace;
const rehearse = (...args: readonly string[]): Promise<JsonResult<RehearsalReport>> => command("rehearse", ...args);

describe("a rehearsal that decides later", () => {
  it("leaves a parked run without a process, and a later process resumes the same thread and finishes the stage, whose record can be anchored, replayed and handed on", async () => {
    const left = await rehearse("--stages", "intake", "--decide", "later");
    expect({ code: left.code, outcome: left.value.outcome, processes: left.value.agentProcesses, phase: left.value.stages[0]?.phase }).toEqual({
      code: 0,
      outcome: "waiting",
      processes: 0,
      phase: "parked",
    });
    const [waiting] = left.value.waiting;
    expect(waiting).toMatchObject({ kind: "question" });

    const decided = await command<Decided>("inbox", "approve", waiting?.id ?? "");

    expect(decided.code).toBe(3);
    expect(decided.value.request.phase).toBe("executed");
    expect(decided.value.run).toMatchObject({ phase: "waiting_owner_review", threadId: left.value.stages[0]?.codexThreadId, attempt: 2 });
    const [gate] = decided.value.waiting;
    const ended = await command<Decided>("inbox", "approve", gate?.id ?? "", "--stay");
    expect({ code: ended.code, phase: ended.value.run.phase }).toEqual({ code: 0, phase: "succeeded" });

    const anchored = await command<{ readonly tags: readonly { readonly tag: string }[] }>("audit", "anchor");
    expect({ code: anchored.code, tags: anchored.value.tags.map(({ tag }) => tag.split("/")[0]) }).toEqual({ code: 0, tags: ["signalbox"] });
    const verified = await command<{ readonly ok: boolean; readonly anchors: { readonly local: number; readonly tags: number } }>("audit", "verify", "--tags");
    expect(verified.value).toMatchObject({ ok: true, anchors: { tags: 1 } });
    expect(verified.value.anchors.local).toBeGreaterThan(2);
    const replayed = await command<{ readonly problems: readonly unknown[]; readonly decided: unknown }>("audit", "replay", gate?.id ?? "");
    expect(replayed).toMatchObject({ code: 0, value: { problems: [], decided: { signatureVerifies: true } } });
    const file = join(workspace.path(), "trail.csv");
    await writeFile(file, (await runCommand(["audit", "export", "--format", "csv", "--workspace", workspace.path()])).out);
    expect(await command("audit", "check-export", file)).toMatchObject({ code: 0, value: { ok: true, seal: { by: "owner" } } });
    await truncate(file, 4_000);
    expect((await command("audit", "check-export", file)).code).toBe(1);
  });
});

describe("a workspace that is killed in the middle of a stage", () => {
  it.each(["working (attempt 1)", "You: approve: Question", "waits for your review"])(
    "ends the stage as if nothing had happened when it is started again (killed at: %s)",
    async (moment) => {
      const first = startCommand(["rehearse", "--workspace", workspace.path(), "--stages", "intake", "--decide", "approve"]);
      await first.shows(moment);
      first.process.kill("SIGKILL");
      await first.ended;

      const { code, value } = await rehearse("--continue", "--stages", "intake", "--decide", "approve");

      expect({ code, outcome: value.outcome, runs: value.stages.map((stage) => stage.phase) }).toEqual({ code: 0, outcome: "completed", runs: ["succeeded"] });
      expect(value.stages[0]?.artifacts.missing).toEqual([]);
      expect(value.audit).toMatchObject({ ok: true, effectsExecutedTwice: 0 });
    },
  );
});

describe("a rehearsal on the owner's own material", () => {
  const issues = fileURLToPath(new URL("../../rehearsal/sample/issues/", import.meta.url));

  it.each(["russian.md", "hostile.md"])("works on any repository and on %s, and leaves the repository as it was", async (file) => {
    const repository = join(workspace.path(), "my project");
    execFileSync("git", ["init", "--quiet", "--initial-branch", "trunk", repository]);
    execFileSync("git", ["-C", repository, "-c", "user.name=Me", "-c", "user.email=me@example.invalid", "commit", "--quiet", "--allow-empty", "-m", "start"]);
    const before = execFileSync("git", ["-C", repository, "for-each-ref"], { encoding: "utf8" });

    const { code, value } = await rehearse("--repo", repository, "--issue", join(issues, file), "--label", "run:intake");

    expect({ code, outcome: value.outcome }).toEqual({ code: 0, outcome: "completed" });
    expect(value.stages[0]?.artifacts.missing).toEqual([]);
    expect(value.audit.ok).toBe(true);
    expect(execFileSync("git", ["-C", repository, "for-each-ref"], { encoding: "utf8" })).toBe(before);
  });
});
