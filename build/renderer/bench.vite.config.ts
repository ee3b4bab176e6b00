import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The page in which a log is measured beside others. Where it goes is said by whoever builds it (`--outDir`). */
export default defineConfig({
  root: fileURLToPath(new URL("../../renderer/bench", import.meta.url)),
  base: "./",
  plugins: [react()],
  build: { target: "chrome108", emptyOutDir: true, chunkSizeWarningLimit: 4_000 },
});
