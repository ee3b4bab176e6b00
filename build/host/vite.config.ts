import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { recordInputs } from "../renderer/recorded-inputs.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const output = at("core/dist");

/** What finds files of its own beside itself, or brings machine code: it is loaded from where it lies. */
const left = ["better-sqlite3", "@electric-sql/pglite", "@electric-sql/pglite-pgvector", "pino", "pg", "ws", "tar"];

/**
 * The program as few files for the desktop's host: a start of the desktop waits for it, and a thousand modules take longer to find and to link than to run. Everything else (the command line,
 * servers, agents' runners) goes on running from its sources.
 */
export default defineConfig({
  ssr: { noExternal: true, external: left },
  plugins: [ownPlaces(), recordInputs(at("build/host/vite.config.ts"))],
  build: {
    ssr: true,
    target: "node24",
    outDir: output,
    emptyOutDir: true,
    rolldownOptions: {
      input: { main: at("core/apps/cli/main.ts") },
      output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
    },
  },
});

/** Modules that look for files from where they are find them from where their source is. */
function ownPlaces(): Plugin {
  return {
    name: "signalbox-own-places",
    enforce: "pre",
    transform(code, id) {
      const isOwn = id.startsWith(at("core/"));
      if (!isOwn || !/import[.]meta[.](?:url|dirname)/u.test(code)) return undefined;
      const from = (path: string): string => JSON.stringify(relative(output, path).replaceAll("\\", "/"));
      return code
        .replaceAll("import.meta.url", `new URL(${from(id)}, import.meta.url).href`)
        .replaceAll("import.meta.dirname", `process.getBuiltinModule("node:url").fileURLToPath(new URL(${from(dirname(id))}, import.meta.url))`);
    },
  };
}
