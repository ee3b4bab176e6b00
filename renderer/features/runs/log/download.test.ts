import { expect, it } from "vitest";
import { logParts } from "./download.ts";
import { createLineStore } from "./line-store.ts";

it("writes the log as it is shown, in parts", () => {
  const store = createLineStore();
  store.append(
    Array.from({ length: 3_000 }, (_, sequence) => ({
      attempt: 1,
      sequence,
      at: 0,
      type: "command",
      content: { command: "ls", output: "\u001B[31ma\u202E", exitCode: 0 },
    })),
  );
  const parts = logParts(store);
  expect(parts).toHaveLength(3);
  expect(parts.join("").split("\n").slice(0, 2)).toStrictEqual(["1970-01-01T00:00:00.000Z 1 exec    $ ls", `${" ".repeat(35)}a⟦U+202E⟧`]);
  expect(parts.join("").split("\n")).toHaveLength(6_001);
});
