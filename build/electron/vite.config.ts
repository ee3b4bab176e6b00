import { copyFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { recordInputs } from "../renderer/recorded-inputs.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const output = at("electron/dist");
const pictures = ["icon.png", "tray.png", "tray-waiting.png"];

/**
 * The shell's two programs as CommonJS, for the oldest Electron that they run in: the preload is one file, because in a sandbox it can load no other. What the shell imports
 * when it needs it is a file of its own.
 */
export default defineConfig({
  ssr: { noExternal: true },
  plugins: [
    application(),
    recordInputs(
      at("build/electron/vite.config.ts"),
      pictures.map((picture) => at(`electron/pictures/${picture}`)),
    ),
  ],
  build: {
    ssr: true,
    target: "node16",
    outDir: output,
    emptyOutDir: true,
    rolldownOptions: {
      input: { main: at("electron/main/main.ts"), preload: at("electron/preload/preload.ts") },
      external: ["electron"],
      output: { format: "cjs", entryFileNames: "[name].cjs", chunkFileNames: "[name]-[hash].cjs" },
    },
  },
});

/** What makes the folder an application: its first file, and its pictures. */
function application(): Plugin {
  return {
    name: "signalbox-application",
    async writeBundle() {
      await writeFile(`${output}/package.json`, `${JSON.stringify({ name: "signalbox", productName: "Signalbox", main: "main.cjs", private: true })}\n`);
      for (const picture of pictures) await copyFile(at(`electron/pictures/${picture}`), `${output}/${picture}`);
    },
  };
}
