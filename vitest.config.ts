import { defineConfig } from "vitest/config";

const notHere = ["**/node_modules/**"];

/**
 * One project per environment, told apart by the suffix of the file. Projects run one after another (groupOrder), so that the slow ones do not
 * share two cores with each other.
 */
export default defineConfig({
  test: {
    allowOnly: false,
    // A test that asserts nothing passes for ever. What is waited for may take long on a busy machine; no test is about speed.
    expect: { requireAssertions: true, poll: { timeout: 20_000 } },
    maxWorkers: "100%",
    // As every program does.
    setupFiles: ["core/domain/kernel/repair-json-parse.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{core,build,proof,renderer,electron}/**/*.test.ts"],
          exclude: [...notHere, "**/*.{db,e2e,k8s,browser}.test.ts"],
          sequence: { groupOrder: 0 },
          // Only a net for what hangs: the machine may be busy, and no test is about speed.
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "db",
          include: ["{core,build,proof}/**/*.db.test.ts"],
          exclude: notHere,
          sequence: { groupOrder: 1 },
          globalSetup: ["build/testbed/postgres-global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["{core,proof,renderer,electron}/**/*.e2e.test.ts"],
          exclude: notHere,
          sequence: { groupOrder: 2 },
          globalSetup: ["build/testbed/window-global-setup.ts"],
          // A rehearsal waits for one process after another: two of them at a time fill two cores.
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
