import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PromptLibrary } from "../ports/prompt-library.ts";

/**
 * The texts in this folder, or in another one of the same make. Read on every call: they are small, and a merged change holds from the next prompt on.
 */
export function createPromptLibrary(directory: string = import.meta.dirname): PromptLibrary {
  const read = (name: string): string => readFileSync(join(directory, `${name}.md`), "utf8");
  return {
    rules: () => read("rules"),
    role: (role) => read(`role-${role}`),
    stage: (stage, variant) => read(variant === "revise" && existsSync(join(directory, `${stage}-revise.md`)) ? `${stage}-revise` : `${stage}-work`),
  };
}
