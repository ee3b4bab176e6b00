const { rules } = require("./build/lint/import-rules.cjs");

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: rules.filter((rule) => !("module" in rule)),
  required: rules.filter((rule) => "module" in rule),
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/fixtures/|^(core|renderer|electron)/dist/" },
    // Imports of types count: they couple as much as the others.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"], extensions: [".ts", ".cjs", ".js", ".json"] },
    combinedDependencies: false,
  },
};
