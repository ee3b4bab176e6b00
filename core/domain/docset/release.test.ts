import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pullStateOf, releaseOf } from "./release.ts";

const table = (version: string, head = "| Version | Commit | Pull requests |"): string => `As agreed.\n\n${head}\n|---|---|---|\n| ${version} | abc | #3 |\n`;

describe("the release that a plan names", () => {
  it.each([
    ["v1.4.0", "v1.4.0"],
    ["`v1.4.0`", "v1.4.0"],
    ["**2026.11**", "2026.11"],
    ["[shop/1.2](https://forge.example/acme/shop/releases)", "shop/1.2"],
  ])("is the version of the first row, however it is dressed: %s", (cell, release) => {
    expect(releaseOf(table(cell))).toBe(release);
  });

  it("stands in its own column, or in the first one where the headings are in another language", () => {
    expect(releaseOf("| Commit | Version |\n| --- | :---: |\n| abc1 | 2.0 |\n| abc2 | 3.0 |")).toBe("2.0");
    expect(releaseOf(table("v2.0", "| Версия | Коммит | Запросы |"))).toBe("v2.0");
  });

  it.each(["decided at the gate", "…", "–", "", "v1.0 or v1.1", "<b>1</b>", "-1", "1".repeat(65)])("is none where no version stands: %j", (cell) => {
    expect(releaseOf(table(cell))).toBeUndefined();
  });

  it.each(["", "v1.4.0", "| Version |", "| Version |\n|---|", "| Version |\n|---|\nv1.4.0"])("is none where there is no table with a row: %j", (section) => {
    expect(releaseOf(section)).toBeUndefined();
  });

  it("is looked for in whatever an agent writes", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("|", "-", "\n", "v1", "`", "Version", " ", "[", "](", ")")), (parts) => {
        expect(releaseOf(parts.join(""))).toSatisfy((release) => release === undefined || /^[\w.+/-]{1,64}$/.test(String(release)));
      }),
    );
  });
});

describe("what is known of a pull request", () => {
  it("is that it was merged, where a stage was approved that merges, whatever was read before", () => {
    expect(pullStateOf(["prd"], true)).toBe("merged");
    expect(pullStateOf(["dev", "doc-audit", "qa"], undefined)).toBe("merged");
  });

  it("is what was read last, while its stages leave it open, and nothing where nobody has read", () => {
    expect(pullStateOf(["dev", "doc-audit"], true)).toBe("open");
    expect(pullStateOf([], false)).toBe("closed");
    expect(pullStateOf([], undefined)).toBeUndefined();
  });
});
