import { describe, expect, it } from "vitest";
import { viewedMarks, viewedState } from "./viewed.ts";

const document = { path: "docs/issues/issue-1/intake/problem.md", hash: "a" };

describe("marks of what was viewed", () => {
  it("hold for the version that was viewed, and no other", () => {
    const marks = viewedMarks([{ repository: "acme/shop", ...document }]);

    expect(viewedState(marks, "acme/shop", document)).toBe("viewed");
    expect(viewedState(marks, "acme/shop", { ...document, hash: "b" })).toBe("changed");
    expect(viewedState(marks, "acme/other", document)).toBe("unseen");
  });

  it("take a name that objects have for no mark", () => {
    expect(viewedState(viewedMarks([]), "acme/shop", { path: "constructor", hash: "a" })).toBe("unseen");
  });
});
