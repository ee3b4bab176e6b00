import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { decisionCases } from "../decisions/cases.ts";
import { agentCases } from "../hostile-agent/cases.ts";
import { renderSecurityPage } from "./security-page.ts";

describe("docs/security.md", () => {
  it("has one row for each case of the suites; `npm run docs:security` writes them", async () => {
    const page = await readFile(new URL("../../docs/security.md", import.meta.url), "utf8");

    expect(page).toBe(renderSecurityPage(page));
  });

  it("names at least 40 attacks on decisions and 60 by agents, each once", () => {
    const ids = [...decisionCases, ...agentCases].map((attack) => attack.id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(decisionCases.length).toBeGreaterThanOrEqual(40);
    expect(agentCases.length).toBeGreaterThanOrEqual(60);
  });

  it("refuses to lose a table whose markers are gone", () => {
    expect(() => renderSecurityPage("# Security\n")).toThrow("docs/security.md has no <!-- decisions: begin");
  });
});
