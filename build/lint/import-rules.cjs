// Who may import what (docs/adr and the table in docs/architecture.md), as rules for dependency-cruiser. CommonJS, because the configuration of
// dependency-cruiser is. It reads TypeScript through the compiler's JavaScript API, which TypeScript 7 no longer has: that is why `typescript` in
// package.json is TypeScript 6 (the package that Microsoft keeps for this), while `tsc` comes from `@typescript/native`, which is TypeScript 7.

const test = "[.]test[.]ts$";
const conformance = "[.]conformance[.]ts$";
const npm = ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-bundled", "npm-no-pkg", "npm-unknown"];

/** Every folder that may hold code. A file elsewhere is an error, so that a new folder begins with a rule. */
const places = [
  "^core/(domain|contract|ports|usecases)/",
  "^core/adapters/[^/]+/.",
  "^core/apps/(relay|orchestrator|gateway|agent-runner|host|server|rehearsal|cli)/",
  "^core/(testing|prompts)/",
  "^build/(electron|host|lint|renderer|test|testbed|tsconfig)/",
  "^electron/(main|preload|e2e)/",
  "^renderer/(app|bench|e2e|host-client|i18n|in-page|ui)/",
  "^renderer/features/[^/]+/.",
  "^proof/(world|crash|deliveries|decisions|hostile-agent|histories|bench|security)/",
];

/** A package that brings a vendor's types along, and the only places that know it. Tests may use it, too: they check the vendor's side. */
const vendors = {
  "better-sqlite3": "^core/adapters/sqlite-copy/",
  "@octokit/": "^core/adapters/github/",
  pg: "^core/adapters/postgres/|^build/testbed/",
  "pg-boss": "^core/adapters/queue-pg-boss/",
  "@electric-sql/": "^core/adapters/pglite/",
  "@openai/codex": "^core/adapters/codex/",
  "@modelcontextprotocol/": "^core/adapters/mcp/",
  tar: "^core/adapters/(codex|git-workspace)/",
  "@orpc/server": "^core/apps/(host|cli)/",
  "@orpc/client": "^core/apps/(host|cli)/|^renderer/host-client/",
  "@orpc/contract": "^core/(contract|apps/(host|cli))/|^renderer/host-client/",
  "@orpc/tanstack-query": "^renderer/host-client/",
  ws: "^core/apps/(host|cli)/",
  hono: "^core/(adapters/local-forge|apps)/",
  "@hono/": "^core/(adapters/local-forge|apps)/",
  electron: "^electron/(main|preload)/",
  "electron-updater": "^electron/main/updater[.]ts$",
  "electron-builder": "^build/electron/",
  "@electron/fuses": "^build/electron/|^electron/e2e/",
  commander: "^core/apps/cli/",
  "@clack/": "^core/apps/cli/",
  graphql: "^core/adapters/(github|local-forge)/",
  pino: "^core/(adapters/[^/]+|apps/[^/]+)/",
};

/** A layer may import the named places; what it may not is everything else in core, plus, unless `packages` names some, every package and Node. */
function layer(name, from, mayImport, packages) {
  const rules = [
    {
      name: `${name}-layer`,
      comment: `${name} may import nothing of the project but ${mayImport.join(", ")}.`,
      severity: "error",
      from: { path: from, pathNot: test },
      to: { path: "^(core|build|proof|electron|renderer)/", pathNot: mayImport },
    },
    {
      name: `${name}-layer-of-tests`,
      comment: `A test of ${name} may import what ${name} may, and core/testing.`,
      severity: "error",
      from: { path: `${from}.*${test}` },
      to: { path: "^(core|build|proof|electron|renderer)/", pathNot: [...mayImport, "^core/testing/"] },
    },
  ];
  if (packages === undefined) return rules;
  return [
    ...rules,
    {
      name: `${name}-is-portable`,
      comment: `${name} runs anywhere: no Node, and no package but ${packages.join(", ") || "none"}.`,
      severity: "error",
      from: { path: from, pathNot: test },
      to: { dependencyTypes: ["core", ...npm], pathNot: packages.map((each) => `node_modules/${each}/`) },
    },
  ];
}

const rules = [
  ...layer("domain", "^core/domain/", ["^core/domain/"], []),
  ...layer("contract", "^core/contract/", ["^core/(domain|contract)/"], ["zod", "@orpc/contract"]),
  ...layer("ports", "^core/ports/", ["^core/(domain|ports)/"], []),
  ...layer("usecases", "^core/usecases/", ["^core/(domain|ports|usecases)/"], []),
  ...layer("adapter", "^core/adapters/([^/]+)/", ["^core/(domain|ports)/", "^core/adapters/$1/"]),
  // The prompts are files; the code beside them only reads them, as an adapter does.
  ...layer("prompts", "^core/prompts/", ["^core/(domain|ports|prompts)/"]),
  ...layer("app", "^core/apps/(relay|orchestrator|gateway|agent-runner|host)/", [
    "^core/(domain|contract|ports|usecases|adapters|prompts)/",
    "^core/apps/$1/",
    "^package[.]json$",
  ]),
  // One process that is relay, orchestrator and gateway, together or one of them: `signalbox serve`.
  ...layer("server", "^core/apps/server/", [
    "^core/(domain|contract|ports|usecases|adapters|prompts)/",
    "^core/apps/(server|relay|orchestrator|gateway)/",
    "^package[.]json$",
  ]),
  // The rehearsal workspace is the whole system in one Node process, so it composes the processes. It does not know the command line.
  ...layer("rehearsal", "^core/apps/rehearsal/", [
    "^core/(domain|contract|ports|usecases|adapters|prompts)/",
    "^core/apps/(rehearsal|server|relay|orchestrator|gateway|agent-runner|host)/",
    "^package[.]json$",
  ]),
  // The command line is the one program that is started: `serve` runs the processes, `rehearse` and `start` the workspace.
  ...layer("command-line", "^core/apps/cli/", ["^core/(domain|contract|ports|usecases|adapters|prompts|apps)/"]),
  // The window knows the contract and the portable code, never the processes behind the contract; one feature does not know another.
  ...layer("window", "^renderer/(app|host-client|i18n|ui)/", ["^core/(domain|contract)/", "^renderer/"]),
  ...layer("feature", "^renderer/features/([^/]+)/", ["^core/(domain|contract)/", "^renderer/(host-client|i18n|ui)/", "^renderer/features/$1/"]),
  // The shell shows the window and keeps its host alive. Of the host it knows how the page is served, and nothing of what happens behind the contract.
  ...layer("shell", "^electron/main/", ["^core/contract/", "^core/apps/host/page-files[.]ts$", "^electron/main/"]),
  ...layer("preload", "^electron/preload/", ["^electron/preload/"], ["electron"]),
  ...layer("testing", "^core/testing/", ["^core/"]),
  ...layer("build", "^build/", ["^build/"]),
  // The attacks on the whole and the measurements of it: they may use everything, and nothing uses them (below).
  ...layer("proof", "^proof/", ["^(core|build|proof)/", "^package[.]json$"]),
  {
    name: "no-cycle",
    comment: "Modules that import each other cannot be understood or loaded one after the other.",
    severity: "error",
    from: {},
    to: { circular: true },
  },
  {
    name: "no-unresolvable",
    comment: "An import that leads nowhere fails at run time only.",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: "no-development-package-in-the-product",
    comment: "The image is installed without development packages.",
    severity: "error",
    from: { path: "^core/", pathNot: [test, conformance, "^core/testing/"] },
    to: { dependencyTypes: ["npm-dev", "npm-no-pkg"], dependencyTypesNot: ["type-only"] },
  },
  {
    name: "no-import-of-tests",
    comment: "Only a runner starts tests, and nothing but tests uses what is made for tests.",
    severity: "error",
    from: { pathNot: [test, conformance, "^core/testing/", "^proof/", "^(renderer|electron)/e2e/"] },
    to: { path: [test, conformance, "^core/testing/"] },
  },
  {
    name: "no-folder-without-a-rule",
    comment: "Add the folder to build/lint/import-rules.cjs together with the rules for it.",
    severity: "error",
    module: { path: "^(core|build|proof|electron|renderer)/", pathNot: places },
    // Never true of a module: dependency-cruiser can only require something of the modules that it names.
    to: { path: "^add-the-folder-to-the-rules$" },
  },
  ...Object.entries(vendors).map(([name, path]) => ({
    name: `only-there:${name}`,
    comment: `${name} is known in ${path} alone.`,
    severity: "error",
    from: { path: "^(core|build|electron)/", pathNot: [path, test, "^core/testing/"] },
    to: { path: `node_modules/${name}${name.endsWith("/") ? "" : "/"}` },
  })),
];

module.exports = { rules };
