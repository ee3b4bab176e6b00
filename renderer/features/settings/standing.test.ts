import { describe, expect, it } from "vitest";
import type { PersonRight } from "../../../core/contract/people.ts";
import { standingOf } from "./standing.ts";

const person = (row: Partial<PersonRight>): PersonRight => ({ login: "x", permission: "write", hasKey: false, isAgents: false, isYou: false, ...row });

describe("how somebody stands to a repository", () => {
  it("tells a key without a right from a right without a key", () => {
    const of = (hasKey: boolean, permission: PersonRight["permission"]) => standingOf(person({ hasKey, permission }));

    expect([of(true, "write"), of(true, "triage"), of(false, "admin"), of(false, "read")]).toStrictEqual(["decides", "key-only", "right-only", "nothing"]);
  });

  it("tells of agents whether they may push, or that only their installation says so", () => {
    const of = (permission: PersonRight["permission"]) => standingOf(person({ isAgents: true, permission }));

    expect([of("write"), of("read"), of(undefined)]).toStrictEqual(["agents", "agents-weak", "agents-app"]);
  });

  it("warns when agents act as somebody who decides", () => {
    expect([standingOf(person({ isAgents: true, isYou: true })), standingOf(person({ isAgents: true, hasKey: true }))]).toStrictEqual([
      "agents-person",
      "agents-person",
    ]);
  });
});
