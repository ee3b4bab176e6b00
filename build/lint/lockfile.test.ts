import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const readJson = (file: string): unknown => JSON.parse(readFileSync(join(root, file), "utf8"));

it("the lockfile says of every package with ready-made binaries that nothing is to be compiled", () => {
  // npm looks for a binding.gyp and asks only the lockfile whether it counts, but leaves that out when it writes one: put `"gypfile": false` back into the entry.
  const { packages } = readJson("package-lock.json") as { readonly packages: Readonly<Record<string, { readonly gypfile?: boolean }>> };
  const readyMade = Object.entries(packages).filter(([place]) => {
    const manifest = join(place, "package.json");
    return place !== "" && existsSync(join(root, place, "binding.gyp")) && (readJson(manifest) as { readonly gypfile?: boolean }).gypfile === false;
  });

  expect(readyMade.map(([place]) => place)).toContain("node_modules/better-sqlite3");
  expect(readyMade.filter(([, entry]) => entry.gypfile !== false).map(([place]) => place)).toEqual([]);
});

it("the lockfile names no address from which packages come", () => {
  expect(readFileSync(join(root, "package-lock.json"), "utf8")).not.toContain('"resolved"');
});
