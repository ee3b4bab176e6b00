import { isMap, parseDocument, stringify, type Document, type YAMLMap } from "yaml";
import { readFrontMatter, splitFrontMatter, type FrontMatterFault } from "../../domain/document/front-matter.ts";
import { err, ok } from "../../domain/kernel/result.ts";
import type { JsonObject } from "../../domain/kernel/values.ts";
import type { DocumentCodec, DocumentMark } from "../../ports/document-codec.ts";

/** Documents with YAML front matter and YAML data files, by the `yaml` library: the core schema of YAML 1.2, no custom tags, aliases bounded. */
export function createYamlDocuments(): DocumentCodec {
  return {
    read: (text) => {
      const split = splitFrontMatter(text);
      if (!split) return err([fault("the document must begin with front matter between two lines of three hyphens")]);
      const parsed = parse(split.yaml);
      if (!parsed.ok) return parsed;
      const data = toData(parsed.value);
      if (data === undefined) return err([fault("the front matter cannot be read as plain data")]);
      const frontMatter = readFrontMatter(data);
      return frontMatter.ok ? ok({ frontMatter: frontMatter.value, data: data as JsonObject, body: split.body }) : frontMatter;
    },
    parseYaml: (text) => {
      const parsed = parse(text);
      return parsed.ok ? toData(parsed.value) : undefined;
    },
    renderYaml: (data) => stringify(data, { lineWidth: 0, indent: 2, aliasDuplicateObjects: false, version: "1.2" }),
    mark,
  };
}

function mark(text: string, { status, approval }: DocumentMark): string | undefined {
  const split = splitFrontMatter(text);
  const parsed = split && parse(split.yaml);
  if (!split || !parsed?.ok || !isMap(parsed.value.contents)) return undefined;
  const document = parsed.value as Document<YAMLMap>;
  try {
    setMark(document, { status, approval });
    return `---\n${document.toString({ lineWidth: 0, flowCollectionPadding: false })}---\n${split.body}`;
  } catch {
    // Well-formed YAML that cannot be written again (an alias without its anchor) is no front matter of ours.
    return undefined;
  }
}

function setMark(document: Document<YAMLMap>, { status, approval }: DocumentMark): void {
  document.set("status", status);
  if (!approval) return;
  if (!isMap(document.get("approvals"))) document.set("approvals", document.createNode({}));
  document.setIn(["approvals", "status"], "approved");
  document.setIn(["approvals", "approved_by"], approval.by);
  document.setIn(["approvals", "approved_at"], approval.date);
  document.setIn(["approvals", "decision"], approval.decision);
}

type Parsed = { readonly ok: true; readonly value: Document } | { readonly ok: false; readonly error: readonly FrontMatterFault[] };

function parse(yaml: string): Parsed {
  const document = parseDocument(yaml, { version: "1.2", schema: "core", strict: true, uniqueKeys: true, logLevel: "silent", prettyErrors: false });
  const [first] = document.errors;
  return first ? err([fault(`is not valid YAML (${first.code})`)]) : ok(document);
}

/** Plain JSON data, through JSON itself so that neither a date nor a map with odd keys survives. `maxAliasCount` stops an entity bomb. */
function toData(document: Document): unknown {
  try {
    return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 20 }) ?? null)) as unknown;
  } catch {
    return undefined;
  }
}

function fault(message: string): FrontMatterFault {
  return { key: "", message };
}
