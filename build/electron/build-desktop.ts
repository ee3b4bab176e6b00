import { fileURLToPath } from "node:url";
import { build } from "vite";
import { isCurrent } from "../renderer/recorded-inputs.ts";

// Before a start: page, shell and host are built if anything that they are made from has changed since they were.
for (const path of ["../renderer/vite.config.ts", "./vite.config.ts", "../host/vite.config.ts"]) {
  const configFile = fileURLToPath(new URL(path, import.meta.url));
  if (!(await isCurrent(configFile))) await build({ configFile, logLevel: "warn" });
}
