import { describe, expect, it } from "vitest";
import { readViewedMarks, toggleViewed, viewedState } from "./viewed.ts";

const document = { path: "docs/issues/issue-1/intake/problem.md", hash: "a" };

describe("marks of what was viewed", () => {
  it("hold for the version that was viewed, and no other", () => {
    const marks = toggleViewed({}, "acme/shop", document);
    expect(viewedState(marks, "acme/shop", document)).toBe("viewed");
    expect(viewedState(marks, "acme/shop", { ...document, hash: "b" })).toBe("changed");
    expect(viewedState(marks, "acme/other", document)).toBe("unseen");
  });

  it("can be taken back, and set again for a version that changed", () => {
    const once = toggleViewed({}, "acme/shop", document);
    expect(toggleViewed(once, "acme/shop", document)).toStrictEqual({});
    expect(viewedState(toggleViewed(once, "acme/shop", { ...document, hash: "b" }), "acme/shop", { ...document, hash: "b" })).toBe("viewed");
  });

  it("forget the oldest when there are too many", () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`acme/shop ${index}.md`, "a"]));
    const marks = toggleViewed(many, "acme/shop", document);
    expect(Object.keys(marks)).toHaveLength(5_000);
    expect(marks["acme/shop 0.md"]).toBeUndefined();
  });

  it.each([undefined, "", "[]", "null", "7", "{"])("are none when %j was kept", (text) => {
    expect(readViewedMarks(text)).toStrictEqual({});
  });

  it("are read back, but for what is none", () => {
    expect(readViewedMarks('{"acme/shop a.md":"1","b":2}')).toStrictEqual({ "acme/shop a.md": "1" });
  });
});
