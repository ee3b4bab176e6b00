import { expect, it } from "vitest";
import type { InboxItem } from "../../../contract/inbox.ts";
import { broughtBy, type ListMessage } from "../../../contract/live-list.ts";
import type { RunRow } from "../../../contract/runs.ts";
import { hostNotice } from "../../../contract/shell.ts";
import { sampleCard } from "../../../testing/command-context.ts";
import { sampleRunRow } from "../../../testing/sample-run-row.ts";
import { endedBy, knownAfter, newRequests, noticeOf, runsAfter, turnsOfRuns } from "./host-notices.ts";

const item = (id: string, summary = "Agent prd wants to add run:arch to #12.") => ({ ...sampleCard(), id, summary });
const waiting = (...ids: readonly string[]) => ({ waiting: new Set(ids), asleep: new Set<string>() });
const row = (id: string, fields: Partial<RunRow> = {}): RunRow => sampleRunRow({ id, phase: "running", ...fields });
const rows = (...runs: readonly RunRow[]): ReadonlyMap<string, RunRow> => new Map(runs.map((run) => [run.id, run]));

it("announces nothing of what waits already", () => {
  expect(newRequests(undefined, [item("a"), item("b")])).toEqual([]);
});

it("announces each request that is new, in the order of the inbox", () => {
  expect(newRequests(waiting("a"), [item("c"), item("a"), item("b")])).toMatchObject([
    { id: "c", topic: "tool", repository: "acme/shop", place: "/inbox/c" },
    { id: "b", place: "/inbox/b" },
  ]);
});

it("says nothing when only the order or the words changed, or one has gone", () => {
  expect(newRequests(waiting("a", "b"), [item("b"), item("a", "other words")])).toEqual([]);
  expect(newRequests(waiting("a", "b"), [item("a")])).toEqual([]);
});

it("tells only what the shell accepts, whatever the request is called", () => {
  const [request] = newRequests(waiting(), [item("a/../../..#<script>", "x".repeat(5_000))]);
  const notice = request && noticeOf({ urgency: "needs-you", topic: "tool", count: 1, summary: request.summary, place: request.place });

  expect(hostNotice.safeParse(notice).success).toBe(true);
});

it("tells of a run when it has ended well or badly, and not when somebody has cancelled it", () => {
  const ended = [row("a", { phase: "succeeded", status: "done" }), row("b", { phase: "failed", reason: "it was lost" }), row("c", { phase: "cancelled" })];

  expect(turnsOfRuns(rows(row("a"), row("b"), row("c")), { active: [], ended })).toMatchObject([
    { id: "a", topic: "run-succeeded", summary: "prd of acme/shop#12: done", place: "/runs/a" },
    { id: "b", topic: "run-failed", summary: "prd of acme/shop#12: it was lost" },
  ]);
});

it("tells once that a run seems to stand still or that its budget is spent", () => {
  const stalled = row("a", { stall: { type: "silent", since: 5 } });
  const stopped = row("b", { phase: "parked", waitsFor: "budget" });

  expect(turnsOfRuns(rows(row("a"), row("b")), { active: [stalled, stopped], ended: [] }).map(({ id, topic }) => [id, topic])).toEqual([
    ["b", "budget-spent"],
    ["a", "run-stalled"],
  ]);
  expect(turnsOfRuns(rows(stalled, stopped), { active: [stalled, stopped], ended: [] })).toEqual([]);
  expect(turnsOfRuns(undefined, { active: [stalled, stopped], ended: [] })).toEqual([]);
});

it("knows what waits after each message, also among ten thousand", () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => item(`request-${index}`));
  const known = knownAfter(undefined, { type: "snapshot", rows, asOf: 1 });

  const message: ListMessage<InboxItem> = { type: "changes", set: [item("new"), item("request-7", "other words")], removed: ["request-1", "none"], asOf: 2 };
  expect(knownAfter(known, message).waiting.size).toBe(10_000);
  expect([known.waiting.has("new"), known.waiting.has("request-1")]).toEqual([true, false]);
  expect(knownAfter(known, { type: "snapshot", rows: [item("only")], asOf: 3 })).toEqual(waiting("only"));
});

it("counts nothing that is put away, and tells of it as of something new when it comes back", () => {
  const asleep = { ...item("a"), snoozedUntil: 5 };
  const known = knownAfter(undefined, { type: "snapshot", rows: [asleep, item("b")], asOf: 1 });

  expect([...known.waiting]).toEqual(["b"]);
  expect(newRequests(known, [asleep])).toEqual([]);
  expect(newRequests(known, [item("a")])).toMatchObject([{ id: "a" }]);
  const after = knownAfter(known, { type: "changes", set: [item("a"), { ...item("b"), snoozedUntil: 9 }], removed: [], asOf: 2 });
  expect([...after.waiting]).toEqual(["a"]);
});

it("says nothing of what the owner has put there by an edit, counts it, and tells of it when it comes back from being put away", () => {
  const own = { ...item("edited"), ownEdit: true as const };
  const known = knownAfter(undefined, { type: "snapshot", rows: [item("asked")], asOf: 1 });
  const edit: ListMessage<InboxItem> = { type: "changes", set: [own], removed: ["asked"], asOf: 2 };

  expect(newRequests(known, broughtBy(edit))).toEqual([]);
  expect([...knownAfter(known, edit).waiting]).toEqual(["edited"]);
  knownAfter(known, { type: "changes", set: [{ ...own, snoozedUntil: 9 }], removed: [], asOf: 3 });
  expect(newRequests(known, [own])).toMatchObject([{ id: "edited", place: "/inbox/edited" }]);
});

it("tells of what somebody else has put there by an edit", () => {
  expect(newRequests(waiting("asked"), [item("edited")])).toMatchObject([{ id: "edited" }]);
});

it("knows the runs of a list after each message, and which have left it", () => {
  const whole = (...ids: readonly string[]): ListMessage<RunRow> => ({ type: "snapshot", rows: ids.map((id) => row(id)), asOf: 1 });
  const known = runsAfter(undefined, whole("a", "b"));
  expect([...known.keys()]).toEqual(["a", "b"]);
  expect(endedBy(undefined, whole("a"))).toEqual([]);

  const changes: ListMessage<RunRow> = { type: "changes", set: [row("c"), row("b", { phase: "parked" })], removed: ["a", "never-there"], asOf: 2 };
  expect(endedBy(known, changes)).toEqual(["a"]);
  const after = runsAfter(known, changes);
  expect([...after.values()].map(({ id, phase }) => `${id} ${phase}`)).toEqual(["b parked", "c running"]);

  expect(endedBy(after, whole("c", "d"))).toEqual(["b"]);
  expect([...runsAfter(after, whole("c", "d")).keys()]).toEqual(["c", "d"]);
});
