import { describe, expect, it } from "vitest";
import { fitsFilter } from "./event-filter.ts";

const event = { type: "decision.decided", subject: "request:r1", actor: { type: "person", id: "Olga" } } as const;

describe("a filter of events", () => {
  it.each([
    [{}, true],
    [{ type: "", subject: "", actor: "" }, true],
    [{ type: "decision." }, true],
    [{ type: "decided" }, false],
    [{ subject: "request:" }, true],
    [{ subject: "r1" }, false],
    [{ actor: "olga" }, true],
    [{ actor: "person" }, true],
    [{ actor: "agent" }, false],
    [{ type: "decision", actor: "agent" }, false],
  ])("%j fits: %s", (filter, fits) => {
    expect(fitsFilter(event, filter)).toBe(fits);
  });
});
