import { describe, expect, it } from "vitest";
import { hitsOfLine, mostHits, nextHit, noHits, parseQuery, searchOn, type Hits } from "./search.ts";

const lines = (...texts: string[]) => ({ count: texts.length, text: (line: number) => texts[line] ?? "" });

function search(typed: string, ...texts: string[]): Hits {
  const query = parseQuery(typed);
  if (query.type !== "pattern") throw new Error(`no pattern: ${typed}`);
  const hits = noHits();
  expect(searchOn(hits, query.pattern, lines(...texts), () => false)).toBe(true);
  return hits;
}

describe("a search in the log", () => {
  it("takes text as it is, in upper or lower case", () => {
    expect(search("a.b(", "A.B( a.b(", "axb(")).toMatchObject({ lines: [0, 0], starts: [0, 5], ends: [4, 9] });
  });

  it("takes what stands between slashes as a regular expression, with its flags", () => {
    expect(search("/^err\\w+/i", "Error: no", "no error").lines).toStrictEqual([0]);
    expect(search("/a|x*/", "bab").starts, "an empty match is no hit").toStrictEqual([1]);
    expect(search("docs/prd/", "in docs/prd/nfr.md").lines, "a path is no expression").toStrictEqual([0]);
  });

  it("says what is wrong with an expression", () => {
    expect(parseQuery("/(/")).toMatchObject({ type: "invalid", message: expect.stringContaining("(") });
    expect(parseQuery("")).toStrictEqual({ type: "nothing" });
  });

  it("goes on where it stopped, also with lines that came later", () => {
    const many = lines(...Array.from({ length: 1_000 }, (_, index) => (index % 10 === 0 ? "hit" : "miss")));
    const hits = noHits();
    expect(searchOn(hits, /hit/gu, many, () => true)).toBe(false);
    expect(hits.scanned).toBe(256);
    expect(searchOn(hits, /hit/gu, many, () => false)).toBe(true);
    expect(hits.lines).toStrictEqual(Array.from({ length: 100 }, (_, index) => index * 10));
    expect(searchOn(hits, /hit/gu, { count: 1_001, text: () => "hit" }, () => false)).toBe(true);
    expect(hits.lines.at(-1)).toBe(1_000);
  });

  it("stops when there are more hits than anybody steps through", () => {
    const hits = noHits();
    expect(searchOn(hits, /x/gu, { count: mostHits * 2, text: () => "x" }, () => false)).toBe(true);
    expect(hits.lines).toHaveLength(mostHits);
  });

  it("steps through the hits, round the ends, starting where one looks", () => {
    const hits = search("x", "x", "", "xx", "x");
    expect(hitsOfLine(hits, 2)).toStrictEqual([1, 3]);
    expect(hitsOfLine(hits, 1)).toStrictEqual([1, 1]);
    expect(nextHit(hits, undefined, 1, 1)).toBe(1);
    expect(nextHit(hits, undefined, -1, 1)).toBe(0);
    expect(nextHit(hits, undefined, 1, 9)).toBe(0);
    expect(nextHit(hits, 3, 1, 0)).toBe(0);
    expect(nextHit(hits, 0, -1, 0)).toBe(3);
    expect(nextHit(noHits(), undefined, 1, 0)).toBeUndefined();
  });
});
