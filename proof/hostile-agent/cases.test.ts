import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentCases } from "./cases.ts";

describe("the cases of the hostile agent", () => {
  const sources = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith(".e2e.test.ts"))
    .map((name) => readFileSync(join(import.meta.dirname, name), "utf8"))
    .join("\n");
  const played = [...sources.matchAll(/^ {2}attack\("(A-\d+)"/gmu)].map(([, id = ""]) => id);

  it("are each played by one test", () => {
    expect(played.toSorted()).toEqual(agentCases.map((each) => each.id).toSorted());
  });

  it("cover every category, and admit few that local processes do not refuse", () => {
    expect(new Set(agentCases.map((each) => each.category.slice(0, 5))).size).toBe(10);
    expect(agentCases.filter((each) => each.inLocalProcess === "no").length).toBeLessThanOrEqual(3);
  });
});
