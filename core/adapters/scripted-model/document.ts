import { writeAnySection } from "./any-writer.ts";
import { architectureWriters } from "./architecture-writers.ts";
import { briefWriters } from "./brief-writers.ts";
import { deliveryWriters } from "./delivery-writers.ts";
import { designWriters } from "./design-writers.ts";
import { intakeWriters, type SectionWriter } from "./intake-writers.ts";
import type { IssueFacts } from "./issue-facts.ts";
import { listOf } from "./markdown.ts";
import { gatherMaterial, relativePath, type DocumentReference, type Material } from "./material.ts";
import { operationWriters } from "./operation-writers.ts";
import { productWriters } from "./product-writers.ts";
import { russianHeadings, russianTitles } from "./russian.ts";
import { readTemplate, renderFrontMatter } from "./template.ts";
import { verificationWriters } from "./verification-writers.ts";

export interface DocumentOrder extends DocumentReference {
  readonly template: string;
}

const writers: Readonly<Record<string, SectionWriter | undefined>> = {
  ...intakeWriters,
  ...briefWriters,
  ...productWriters,
  ...architectureWriters,
  ...designWriters,
  ...deliveryWriters,
  ...verificationWriters,
  ...operationWriters,
};

/** Shell commands carry a document in one argument, which ends at 128 KiB. */
const longestDocument = 40_000;

/**
 * Writes one document from its template: the front matter's keys and the headings stay, every section is filled from the facts, guidance goes.
 */
export function writeDocument(facts: IssueFacts, order: DocumentOrder, siblings: readonly DocumentReference[], role: string, pull: number | undefined): string {
  const template = readTemplate(order.template);
  const material = gatherMaterial(facts, order, siblings);
  const title = documentTitle(facts, order);
  const frontMatter = renderFrontMatter(template, {
    documentId: `issue-${facts.issue}-${facts.stage}-${order.type}`,
    type: order.type,
    title,
    issue: facts.issue,
    pull,
    role,
  });
  const sections = template.sections.map((section) => {
    const writer = writers[`${order.type}/${section.heading}`];
    const heading = facts.language === "ru" ? (russianHeadings[section.heading] ?? section.heading) : section.heading;
    return `${"#".repeat(section.level)} ${heading}\n\n${writer ? writer(material) : writeAnySection(material, section)}`;
  });
  const source = material.say(
    `Source: issue #${facts.issue} in \`${facts.repository}\`, stage ${facts.stage}${facts.date ? `, ${facts.date}` : ""}.`,
    `Источник: задача #${facts.issue} в \`${facts.repository}\`, этап ${facts.stage}${facts.date ? `, ${facts.date}` : ""}.`,
  );
  const body = [
    `# ${title}`,
    source,
    ...sections,
    linksSection(
      material,
      template.sections.some((section) => section.heading === "Documents of this stage"),
    ),
  ].join("\n\n");
  return `${frontMatter}\n${body.slice(0, longestDocument)}\n`;
}

/** Title of a document: what it is, and the issue it is about. */
export function documentTitle(facts: Pick<IssueFacts, "language" | "title">, document: Pick<DocumentReference, "type" | "title">): string {
  const kind = facts.language === "ru" ? (russianTitles[document.type] ?? document.title) : document.title;
  return `${kind}: ${facts.title}`;
}

/** The way to the other documents: of this stage, and those that it was written from. */
function linksSection(m: Material, namesSiblings: boolean): string {
  const link = (path: string, text: string): string => `[${text.replace(/[[\]]/g, " ")}](${relativePath(m.path, path).replaceAll(" ", "%20")})`;
  const name = (document: DocumentReference): string => (m.facts.language === "ru" ? (russianTitles[document.type] ?? document.title) : document.title);
  const same = m.siblings.filter((sibling) => sibling.path !== m.path && !namesSiblings).map((sibling) => link(sibling.path, name(sibling)));
  const before = m.facts.earlier.map(
    (document) =>
      `${link(document.path, m.facts.language === "ru" ? (russianTitles[document.type] ?? document.type) : document.type.replaceAll("_", " "))} (${document.path.split("/").at(-2) ?? ""})`,
  );
  // By number: an address of the forge may be another one tomorrow, and a rehearsal's always is.
  const issue = m.say(`Issue #${m.facts.issue}`, `Задача #${m.facts.issue}`);
  return `## ${m.say("Related", "Связанные документы")}\n\n${listOf([issue, ...same, ...before, ...m.facts.related.map((number) => m.say(`Issue #${number}, named in the issue`, `Задача #${number}, упомянута в задаче`))])}`;
}
