import "../../core/domain/kernel/repair-json-parse.ts";
import { readFile, writeFile } from "node:fs/promises";
import { renderSecurityPage } from "./security-page.ts";

/** `npm run docs:security`: writes the cases of the suites into docs/security.md. */
const path = new URL("../../docs/security.md", import.meta.url);
await writeFile(path, renderSecurityPage(await readFile(path, "utf8")));
