import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { cruise, type ICruiseOptions } from "dependency-cruiser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** A small project that breaks each rule once. The file names say what is allowed (`good-…`) and what is not. */
const tree: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({
    dependencies: { zod: "1", "@orpc/contract": "1", pg: "1", hono: "1" },
    devDependencies: { vitest: "1", "fast-check": "1" },
  }),
  "core/domain/run/run.ts": "export type Run = string; export const run = 1;",
  "core/domain/run/good-domain.ts": 'import { run } from "./run.ts"; export const two = run;',
  "core/domain/run/good-domain.test.ts": 'import "vitest"; import "node:fs"; import "../../testing/fake.ts"; import "./run.ts";',
  "core/domain/run/test-of-adapter.test.ts": 'import "../../adapters/github/forge.ts";',
  "core/domain/run/domain-to-port.ts": 'import type { Clock } from "../../ports/clock.ts"; export type X = Clock;',
  "core/domain/run/domain-to-node.ts": 'import { join } from "node:path"; export const x = join;',
  "core/domain/run/domain-to-package.ts": 'import * as z from "zod"; export const x = z;',
  "core/domain/run/type-by-expression.ts": 'export type X = import("../../ports/clock.ts").Clock;',
  "core/domain/run/cycle-a.ts": 'import { b } from "./cycle-b.ts"; export const a = b;',
  "core/domain/run/cycle-b.ts": 'import { a } from "./cycle-a.ts"; export const b = a;',
  "core/domain/run/to-nowhere.ts": 'import "./nowhere.ts";',
  "core/contract/good-contract.ts": 'import * as z from "zod"; import { run } from "../domain/run/run.ts"; export const x = [z, run];',
  "core/contract/contract-to-port.ts": 'import type { Clock } from "../ports/clock.ts"; export type X = Clock;',
  "core/contract/contract-to-package.ts": 'import pg from "pg"; export const x = pg;',
  "core/ports/clock.ts": "export interface Clock {}",
  "core/ports/port-to-usecase.ts": 'import type { x } from "../usecases/good-usecase.ts"; export type X = typeof x;',
  "core/usecases/good-usecase.ts": 'import type { Clock } from "../ports/clock.ts"; import "../domain/run/run.ts"; export const x: Clock = {};',
  "core/usecases/usecase-to-adapter.ts": 'import "../adapters/github/forge.ts";',
  "core/usecases/usecase-to-contract.ts": 'import type { x } from "../contract/good-contract.ts"; export type X = typeof x;',
  "core/usecases/usecase-to-node.ts": 'import "node:crypto";',
  "core/adapters/github/forge.ts": 'import type { Clock } from "../../ports/clock.ts"; import "node:https"; export type X = Clock;',
  "core/adapters/github/adapter-to-adapter.ts": 'import "../postgres/store.ts";',
  "core/adapters/github/adapter-to-usecase.ts": 'import "../../usecases/good-usecase.ts";',
  "core/adapters/github/adapter-to-foreign-vendor.ts": 'import pg from "pg"; export const x = pg;',
  "core/adapters/github/development-package.ts": 'import fc from "fast-check"; export const x = fc;',
  "core/adapters/github/product-to-testing.ts": 'import "../../testing/fake.ts";',
  "core/adapters/loose-file.ts": "export const x = 1;",
  "core/adapters/postgres/store.ts": 'import pg from "pg"; export const x = pg;',
  "core/apps/relay/relay.ts": 'import "../../adapters/postgres/store.ts"; import "../../usecases/good-usecase.ts";',
  "core/apps/relay/app-to-app.ts": 'import "../host/host.ts";',
  "core/apps/host/host.ts": "export const host = 1;",
  "core/apps/rehearsal/good-rehearsal.ts": 'import "../relay/relay.ts"; import "../host/host.ts";',
  "core/apps/rehearsal/rehearsal-to-cli.ts": 'import "../cli/good-cli.ts";',
  "core/apps/cli/good-cli.ts": 'import "../rehearsal/good-rehearsal.ts"; import "../host/host.ts";',
  "core/apps/unknown/unknown-app.ts": "export const x = 1;",
  "core/testing/fake.ts": 'import "vitest"; import "../adapters/postgres/store.ts"; export const fake = 1;',
  "core/somewhere/unknown-layer.ts": "export const x = 1;",
  "build/lint/build-to-core.ts": 'import "../../core/domain/run/run.ts";',
  "proof/world/good-world.ts": 'import "../../core/testing/fake.ts"; import "../../core/apps/relay/relay.ts"; import "vitest";',
  "proof/unknown/unknown-proof.ts": "export const x = 1;",
  "core/testing/testing-to-proof.ts": 'import "../../proof/world/good-world.ts";',
};

let directory: string;
const violations = new Map<string, string[]>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "signalbox-imports-"));
  for (const [path, text] of Object.entries(tree)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  await symlink(join(root, "node_modules"), join(directory, "node_modules"));
  const configuration = createRequire(import.meta.url)(join(root, ".dependency-cruiser.cjs")) as { forbidden: []; required: []; options: ICruiseOptions };
  const { forbidden, required, options } = configuration;
  const result = await cruise(
    ["core", "build", "proof"],
    { ...options, baseDir: directory, validate: true, ruleSet: { forbidden, required } },
    { ...options.enhancedResolveOptions },
  );
  if (typeof result.output === "string") throw new Error("the result is not an object");
  for (const { from, rule } of result.output.summary.violations) violations.set(from, [...(violations.get(from) ?? []), rule.name]);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe("the import rules", () => {
  it.each([
    ["core/domain/run/domain-to-port.ts", "domain-layer"],
    ["core/domain/run/type-by-expression.ts", "domain-layer"],
    ["core/domain/run/domain-to-node.ts", "domain-is-portable"],
    ["core/domain/run/domain-to-package.ts", "domain-is-portable"],
    ["core/domain/run/test-of-adapter.test.ts", "domain-layer-of-tests"],
    ["core/domain/run/cycle-a.ts", "no-cycle"],
    ["core/domain/run/to-nowhere.ts", "no-unresolvable"],
    ["core/contract/contract-to-port.ts", "contract-layer"],
    ["core/contract/contract-to-package.ts", "contract-is-portable"],
    ["core/ports/port-to-usecase.ts", "ports-layer"],
    ["core/usecases/usecase-to-adapter.ts", "usecases-layer"],
    ["core/usecases/usecase-to-contract.ts", "usecases-layer"],
    ["core/usecases/usecase-to-node.ts", "usecases-is-portable"],
    ["core/adapters/github/adapter-to-adapter.ts", "adapter-layer"],
    ["core/adapters/github/adapter-to-usecase.ts", "adapter-layer"],
    ["core/adapters/github/adapter-to-foreign-vendor.ts", "only-there:pg"],
    ["core/adapters/github/development-package.ts", "no-development-package-in-the-product"],
    ["core/adapters/github/product-to-testing.ts", "no-import-of-tests"],
    ["core/adapters/loose-file.ts", "no-folder-without-a-rule"],
    ["core/apps/relay/app-to-app.ts", "app-layer"],
    ["core/apps/rehearsal/rehearsal-to-cli.ts", "rehearsal-layer"],
    ["core/apps/unknown/unknown-app.ts", "no-folder-without-a-rule"],
    ["core/somewhere/unknown-layer.ts", "no-folder-without-a-rule"],
    ["build/lint/build-to-core.ts", "build-layer"],
    ["proof/unknown/unknown-proof.ts", "no-folder-without-a-rule"],
    ["core/testing/testing-to-proof.ts", "testing-layer"],
  ])("refuse %s by %s", (file, rule) => {
    expect(violations.get(file)).toContain(rule);
  });

  it("allow what the table allows", () => {
    const allowed = Object.keys(tree).filter((path) => path.includes("/good-") || /(run|clock|forge|store|relay|host|fake)[.]ts$/.test(path));

    expect(allowed.filter((path) => violations.has(path))).toEqual([]);
    expect(allowed).toHaveLength(14);
  });
});
