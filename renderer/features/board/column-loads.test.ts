import { describe, expect, it } from "vitest";
import type { BoardCard } from "../../../core/contract/board.ts";
import { columnLoads, keptLoads } from "./column-loads.ts";

const card = (issue: number, repository: string, stage: NonNullable<BoardCard["stage"]>): BoardCard => ({
  repository,
  issue,
  title: "",
  labels: [],
  tags: [],
  status: "",
  updatedAt: 0,
  stage,
  phase: "running",
});
const cards = [card(1, "acme/shop", "dev"), card(2, "acme/shop", "dev"), card(1, "acme/api", "dev"), card(3, "acme/shop", "qa")];

describe("how far columns are taken up", () => {
  it("is told of all repositories together that limit the stage, at the worst of their levels", () => {
    const loads = columnLoads(cards, { "acme/shop": { dev: 1 }, "acme/api": { dev: 5, qa: 2 } }, undefined);

    expect(loads.get("dev")).toMatchObject({ inProgress: 3, limit: 6, level: "over" });
    expect(loads.get("dev")?.repositories.map(({ repository, inProgress, limit }) => [repository, inProgress, limit])).toEqual([
      ["acme/shop", 2, 1],
      ["acme/api", 1, 5],
    ]);
    expect(loads.get("qa")).toMatchObject({ inProgress: 0, limit: 2, level: "free" });
    expect([...loads.keys()]).not.toContain("intake");
  });

  it("is told of the one repository that is shown", () => {
    const loads = columnLoads(cards, { "acme/shop": { dev: 2 }, "acme/api": { qa: 2 } }, "acme/shop");

    expect([...loads]).toMatchObject([["dev", { inProgress: 2, limit: 2, level: "full" }]]);
  });

  it("is the same object as long as nothing of it has changed", () => {
    const before = columnLoads(cards, { "acme/shop": { dev: 2, qa: 2 } }, undefined);
    const after = keptLoads(before, columnLoads([...cards, card(9, "acme/shop", "qa")], { "acme/shop": { dev: 2, qa: 2 } }, undefined));

    expect([after.get("dev") === before.get("dev"), after.get("qa") === before.get("qa")]).toEqual([true, false]);
    expect(after.get("qa")).toMatchObject({ inProgress: 2 });
  });
});
