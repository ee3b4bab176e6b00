import { describe, expect, it } from "vitest";
import { parseFolds } from "./lane-choice.ts";

describe("the lanes that were folded", () => {
  it("are those that were kept", () => {
    expect(parseFolds('["acme/shop#5","without-epic"]')).toStrictEqual(["acme/shop#5", "without-epic"]);
  });

  it.each([null, "", "{", "{}", "7", "[7, null]"])("are none where %j was kept", (kept) => {
    expect(parseFolds(kept)).toStrictEqual([]);
  });
});
