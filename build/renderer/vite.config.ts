import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { recordInputs } from "./recorded-inputs.ts";

/** The window's page, for the oldest Chromium that it has to run in. Everything is bundled: the page loads nothing from anywhere else. */
export default defineConfig({
  root: fileURLToPath(new URL("../../renderer", import.meta.url)),
  base: "./",
  plugins: [react(), recordInputs(fileURLToPath(import.meta.url), [fileURLToPath(new URL("../../renderer/public/signalbox.svg", import.meta.url))])],
  build: {
    target: "chrome108",
    outDir: fileURLToPath(new URL("../../renderer/dist", import.meta.url)),
    emptyOutDir: true,
    // A data: address would need a hole in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2_000,
  },
});
