import { describe, expect, it } from "vitest";
import type { RunDetail, RunRow } from "../../contract/runs.ts";
import type { WorkspaceState } from "../../contract/workspace.ts";
import { startCommand } from "../../testing/command-line.ts";
import { eachTestsWorkspace } from "../../testing/rehearsal-workspace.ts";
import type { RehearsalReport } from "./rehearse/report.ts";

const workspace = eachTestsWorkspace();
const { command } = workspace;
const onlyRun = async (): Promise<RunRow | undefined> => (await command<{ readonly runs: readonly RunRow[] }>("runs", "list")).value.runs[0];

describe("the pause of everything", () => {
  it("outlives the death of the whole workspace, and what it stopped goes on with the same thread when it is restored", async () => {
    const first = startCommand(["rehearse", "--workspace", workspace.path(), "--stages", "intake", "--decide", "approve"]);
    await first.shows("working (attempt 1)");

    const paused = await command<WorkspaceState>("pause", "--reason", "lunch");
    expect(paused).toMatchObject({ code: 0, value: { pause: { by: "owner", reason: "lunch" }, atWork: 0, held: 1 } });
    await first.shows("paused by owner since");
    first.process.kill("SIGKILL");
    await first.ended;
    const stopped = await onlyRun();
    expect(stopped).toMatchObject({ phase: "parked", waitsFor: "pause", pause: { by: "owner", reason: "lunch" } });

    const opened = startCommand(["desktop", "--web", "--no-open", "--workspace", workspace.path()]);
    try {
      await opened.shows("The control room is at");
      expect((await command<WorkspaceState>("pause")).value).toMatchObject({
        pause: { since: paused.value.pause?.since, reason: "lunch" },
        atWork: 0,
        held: 1,
      });
      const refused = await command<{ readonly error: { readonly remedy: string } }>("runs", "resume", stopped?.id ?? "");
      expect(refused).toMatchObject({ code: 1, value: { error: { remedy: expect.stringContaining("signalbox restore") } } });
      const still = await command<RunDetail>("runs", "show", stopped?.id ?? "");
      expect(still.value).toMatchObject({ phase: "parked", waitsFor: "pause", attempt: stopped?.attempt });

      expect(await command<WorkspaceState>("restore")).toMatchObject({ code: 0, value: { held: expect.any(Number) } });
      const ended = await command<RehearsalReport>("rehearse", "--continue", "--stages", "intake", "--decide", "approve");
      expect({ code: ended.code, outcome: ended.value.outcome, runs: ended.value.stages.map((stage) => stage.phase) }).toEqual({
        code: 0,
        outcome: "completed",
        runs: ["succeeded"],
      });
      expect(ended.value.audit).toMatchObject({ ok: true, effectsExecutedTwice: 0 });
      const { timeline } = (await command<RunDetail>("runs", "show", stopped?.id ?? "")).value;
      expect(timeline.filter((entry) => entry.type === "run.parked" && entry.text.includes("pause"))).toHaveLength(1);
    } finally {
      opened.process.kill("SIGINT");
      await opened.ended;
    }
  });

  it("is kept where nobody has the workspace open, and nothing moves by it", async () => {
    expect(await command<WorkspaceState>("pause")).toMatchObject({ code: 0, value: { atWork: 0, held: 0, pause: { by: "owner" } } });
    expect(await command<WorkspaceState>("pause", "--reason", "too late")).not.toHaveProperty("value.pause.reason");
    const restored = await command<WorkspaceState>("restore");
    expect(restored.code).toBe(0);
    expect(restored.value).not.toHaveProperty("pause");
  });
});
