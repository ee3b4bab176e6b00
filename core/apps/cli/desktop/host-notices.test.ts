import { expect, it } from "vitest";
import { hostNotice } from "../../../contract/shell.ts";
import { sampleCard } from "../../../testing/command-context.ts";
import { noticesOf, workingIn } from "./host-notices.ts";

const item = (id: string, summary = "Agent prd wants to add run:arch to #12.") => ({ ...sampleCard(), id, summary });

it("counts what waits already and announces nothing of it", () => {
  expect(noticesOf(undefined, [item("a"), item("b")])).toEqual([{ type: "waiting", count: 2 }]);
  expect(noticesOf(undefined, [])).toEqual([{ type: "waiting", count: 0 }]);
});

it("announces what is new once, however much came at once, and leads to the most urgent of it", () => {
  const notices = noticesOf(new Set(["a"]), [item("c"), item("a"), item("b")]);

  expect(notices).toMatchObject([
    { type: "waiting", count: 3 },
    { type: "needs-you", kind: "tool", count: 2, place: "/inbox/c" },
  ]);
});

it("says nothing when only the order or the words changed", () => {
  expect(noticesOf(new Set(["a", "b"]), [item("b"), item("a", "other words")])).toEqual([]);
});

it("counts down in silence, and announces what took another's place", () => {
  expect(noticesOf(new Set(["a", "b"]), [item("a")])).toEqual([{ type: "waiting", count: 1 }]);
  expect(noticesOf(new Set(["a"]), [item("b")])).toMatchObject([
    { type: "waiting", count: 1 },
    { type: "needs-you", place: "/inbox/b" },
  ]);
});

it("tells only what the shell accepts, whatever the request is called", () => {
  const notices = noticesOf(new Set(), [item("a/../../..#<script>", "x".repeat(5_000))]);

  expect(notices.map((notice) => hostNotice.safeParse(notice).success)).toEqual([true, true]);
});

it("counts the runs whose agent would be cut off, and none that waits without one", () => {
  const phases = ["queued", "preparing", "running", "waiting_mcp", "waiting_input", "waiting_owner_review", "parked"] as const;

  expect(workingIn(phases.map((phase) => ({ phase })))).toBe(4);
  expect(workingIn([])).toBe(0);
});
