import { it } from "vitest";
import { agentCases } from "./cases.ts";

/** The test of one case; its title is what the attacker does. */
export function attack(id: string, play: () => Promise<void>): void {
  const found = agentCases.find((each) => each.id === id);
  if (!found) throw new Error(`there is no case ${id}`);
  it(`${id} ${found.inLocalProcess === "yes" ? "is refused" : "is not refused by local processes"}: ${found.attack}`, play);
}
