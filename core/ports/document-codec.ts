import type { FrontMatter, FrontMatterFault } from "../domain/document/front-matter.ts";
import type { Result } from "../domain/kernel/result.ts";
import type { JsonObject } from "../domain/kernel/values.ts";

/** A document with front matter that can be relied on. */
export interface ReadDocument {
  readonly frontMatter: FrontMatter;
  /** The front matter as it stands, for the index. */
  readonly data: JsonObject;
  /** The text after the front matter. */
  readonly body: string;
}

/** What changes in a document's front matter; everything else stays. */
export interface DocumentMark {
  readonly status: "approved" | "abandoned";
  readonly approval?: { readonly by: string; /** YYYY-MM-DD. */ readonly date: string; readonly decision: string } | undefined;
}

/** Reads and writes documents and the YAML files of docsets. Foreign text goes in: nothing here throws because of what it says. */
export interface DocumentCodec {
  /** Every fault at once; a document without front matter has one. */
  read(text: string): Result<ReadDocument, readonly FrontMatterFault[]>;
  /** Plain data of a YAML file; undefined when it is none. */
  parseYaml(text: string): unknown;
  /** The same data is always the same text. */
  renderYaml(data: JsonObject): string;
  /** The document with the mark in its front matter, the body to the letter; undefined when the front matter cannot be read. Marked twice it is marked once. */
  mark(text: string, mark: DocumentMark): string | undefined;
}
