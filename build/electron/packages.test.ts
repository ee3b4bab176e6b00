import { describe, expect, it } from "vitest";
import { foldersOf, packagesNamedIn, type LockedPackages } from "./packages.ts";

const everywhere = (): boolean => true;

describe("the packages that the program names", () => {
  const names = ["pg", "pg-boss", "@octokit/rest", "react"];

  it("are found in imports and in paths that are resolved at run time", () => {
    const sources = ['import { Pool } from "pg";', 'await import("@octokit/rest")', 'createRequire(here).resolve("pg-boss/package.json")'];

    expect(packagesNamedIn(sources, names)).toEqual(["pg", "pg-boss", "@octokit/rest"]);
  });

  it("are not those whose name only begins or stands in a sentence", () => {
    expect(packagesNamedIn(['import x from "pg-pool";', "// agents react to it"], names)).toEqual([]);
  });
});

describe("what a package needs", () => {
  const locked: LockedPackages = {
    "node_modules/a": { dependencies: { b: "^1", c: "^1" } },
    "node_modules/a/node_modules/b": { dependencies: { c: "^1" } },
    "node_modules/b": {},
    "node_modules/c": { dependencies: { a: "^1" } },
    "node_modules/@s/d": { optionalDependencies: { "only-linux": "1", "only-windows": "1" } },
    "node_modules/only-linux": {},
    "node_modules/only-windows": {},
    "node_modules/e": { peerDependencies: { c: "*", b: "*", "never-installed": "*" }, peerDependenciesMeta: { b: { optional: true } } },
    "node_modules/f": { dependencies: { missing: "1" } },
  };

  it("is found beside it first, then beside those that it lies in, once, however they go round", () => {
    expect(foldersOf(["a"], locked, everywhere)).toEqual(["node_modules/a", "node_modules/a/node_modules/b", "node_modules/c"]);
  });

  it("counts when it is optional only where it is installed", () => {
    expect(foldersOf(["@s/d"], locked, (folder) => folder !== "node_modules/only-windows")).toEqual(["node_modules/@s/d", "node_modules/only-linux"]);
  });

  it("includes a peer that is installed for it, and none that is optional", () => {
    expect(foldersOf(["e"], locked, everywhere)).toEqual(["node_modules/a", "node_modules/a/node_modules/b", "node_modules/c", "node_modules/e"]);
  });

  it("is missed by name when the lockfile lacks it", () => {
    expect(() => foldersOf(["f"], locked, everywhere)).toThrow("package-lock.json has no missing, which node_modules/f needs");
    expect(() => foldersOf(["g"], locked, everywhere)).toThrow("package-lock.json has no g, which the program needs");
  });
});
