import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

const index = z.object({ version: z.literal(1), artifacts: z.record(z.string(), z.looseObject({ file: z.string() })) });

/**
 * Signalbox's own artifact templates, for repositories that bring none: the text of a document type's template. Read once, at start, so that a missing file
 * is noticed then and not in the middle of a run.
 *
 * @param directory holds `index.yaml`, which says which file belongs to which type
 */
export function loadTemplates(directory: URL = new URL("../../../docs/templates/", import.meta.url)): (type: string) => string {
  const { artifacts } = index.parse(parse(readFileSync(new URL("index.yaml", directory), "utf8")));
  const texts = new Map(Object.entries(artifacts).map(([type, entry]) => [type, readFileSync(new URL(entry.file, directory), "utf8")]));
  return (type) => {
    const text = texts.get(type);
    if (text === undefined)
      throw new InfrastructureError("internal", `there is no template for ${type}`, { retryable: false, remedy: "Add it to docs/templates/index.yaml." });
    return text;
  };
}
