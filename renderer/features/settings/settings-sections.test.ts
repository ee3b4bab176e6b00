import { describe, expect, it } from "vitest";
import type { Check } from "../../../core/contract/connection.ts";
import { sectionBeside, sectionOf, sumOf, worstFirst } from "./settings-sections.ts";

const check = (id: string, status: Check["status"]): Check => ({ id, status, title: id, detail: "" });

describe("the sections of the settings", () => {
  it("begin with projects where the address names none, or one that is not there", () => {
    expect([sectionOf(undefined), sectionOf("nothing"), sectionOf("checks")]).toStrictEqual(["projects", "projects", "checks"]);
  });

  it("are left and entered one by one, and end", () => {
    expect([sectionBeside("projects", 1), sectionBeside("projects", -1), sectionBeside("about", 1)]).toStrictEqual(["server", "projects", "about"]);
  });
});

describe("the checks", () => {
  const checks = [check("a", "pass"), check("b", "fail"), check("c", "warn"), check("d", "pass"), check("e", "fail")];

  it("show failures first, then warnings, each in the order of the host", () => {
    expect(worstFirst(checks).map(({ id }) => id)).toStrictEqual(["b", "e", "c", "a", "d"]);
  });

  it("are counted by how they ended", () => {
    expect(sumOf(checks)).toStrictEqual({ fail: 2, warn: 1, pass: 2 });
  });
});
