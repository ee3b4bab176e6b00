import { expect, it } from "vitest";
import { ru } from "./ru.ts";

it("says of what has been done, or is so, nothing that is yet to be done: no state begins with an infinitive", () => {
  const states = Object.entries(ru).filter(([key]) => /^(?!drafts\.verdict).*\.(?:verdict|phase|call|ended|waits)\./u.test(key));

  expect(states.length).toBeGreaterThan(40);
  for (const [key, text] of states) expect(text, key).not.toMatch(/^\p{L}+(?:ть|ться|чь)(?!\p{L})/u);
});
