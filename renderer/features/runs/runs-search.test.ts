import { describe, expect, it } from "vitest";
import { runsSearch } from "./runs-search.ts";

describe("the address of a run", () => {
  it("takes a line of its log, and nothing else", () => {
    expect(runsSearch({ line: "12", odd: 1 })).toStrictEqual({ line: 12 });
    expect(runsSearch({ line: 7 })).toStrictEqual({ line: 7 });
  });

  it.each([undefined, "", "0", -1, 1.5, "last", {}, 2 ** 60])("takes %j for no line", (line) => {
    expect(runsSearch({ line })).toStrictEqual({ line: undefined });
  });
});
