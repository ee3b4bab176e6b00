import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const page = (name: string): string => fileURLToPath(new URL(`../../renderer/bench/${name}.html`, import.meta.url));

/** The pages in which a log, and the window's long lists, are measured beside others. Where they go is said by whoever builds them (`--outDir`). */
export default defineConfig({
  root: fileURLToPath(new URL("../../renderer/bench", import.meta.url)),
  base: "./",
  plugins: [react()],
  build: { target: "chrome108", emptyOutDir: true, chunkSizeWarningLimit: 4_000, rolldownOptions: { input: [page("index"), page("window")] } },
});
