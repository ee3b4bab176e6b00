import { writeDocument, type DocumentOrder } from "./document.ts";
import type { IssueFacts } from "./issue-facts.ts";
import { factsOf, outputOf, shellStep, type Plan, type PlannedStep, type Situation } from "./plan.ts";
import { criteriaCheck, sampleModule, sampleTest } from "./sample-change.ts";
import { shellWord, writeFileCommand } from "./shell.ts";
import { repositoryMark, testCommand, testMark } from "./test-run.ts";

const look = `${repositoryMark}\ngit ls-files | head -n 400`;

/** Looks at the repository, changes code, runs the tests, and writes down what was done and what the tests said. */
export function planDevelopment(situation: Situation, opening: readonly PlannedStep[]): Plan {
  const { task } = situation;
  const folder = `docs/issues/issue-${task.issue}/dev`;
  const files = (outputOf(situation, repositoryMark) ?? "").split("\n");
  const code = codeFor(files, `${task.title}\n${task.body}`, folder);
  const order: DocumentOrder = {
    path: `${folder}/implementation_notes.md`,
    type: "implementation_notes",
    title: "Implementation notes",
    template: notesTemplate,
  };
  const facts: IssueFacts = { ...factsOf(situation), changed: code.map(({ path }) => path) };
  const text = writeDocument(facts, order, [order], task.role, situation.pull);
  const failed = facts.tests !== undefined && facts.tests.exitCode !== 0;
  const lines = [...code.map(({ path }) => path), order.path].map((path) => `- \`${path}\``).join("\n");
  const russian = task.language === "ru";
  const closing = russian
    ? `Изменение готово${failed ? ", но проверки не прошли" : ", проверки прошли"}:\n\n${lines}`
    : `The change is ready${failed ? ", but its checks failed" : " and its checks pass"}:\n\n${lines}`;
  return {
    steps: [
      ...opening,
      shellStep(look, repositoryMark, "phase"),
      ...code.map(({ path, content }) =>
        shellStep(writeFileCommand(path, content), `mkdir -p -- ${shellWord(path.slice(0, path.lastIndexOf("/")))} && cat > ${shellWord(path)} `, "phase"),
      ),
      shellStep(testCommand(task.issue), testMark, "phase"),
      shellStep(writeFileCommand(order.path, text), `mkdir -p -- ${shellWord(folder)} && cat > ${shellWord(order.path)} `, "phase"),
    ],
    closing,
  };
}

/** In the sample project what its issue asks for; anywhere else a check that touches nothing. A file that is there already is left alone. */
function codeFor(files: readonly string[], issue: string, folder: string): readonly { readonly path: string; readonly content: string }[] {
  const sample = files.includes("src/berths.mjs") && /berth|reserv|стоянк|бронь/i.test(issue);
  const own = ["src/reservations.mjs", "test/reservations.mjs"];
  if (sample && !own.some((path) => files.includes(path)))
    return [
      { path: "src/reservations.mjs", content: sampleModule },
      { path: "test/reservations.mjs", content: sampleTest },
    ];
  return [{ path: `${folder}/check-criteria.mjs`, content: criteriaCheck }];
}

/** The stage requires no document, so its prompt carries no template for the one that it leaves all the same. */
const notesTemplate = ["What was built", "Requirements covered", "Deviations from the design", "How to see it work", "Left undone", "For those who run it"]
  .map((heading) => `## ${heading}\n`)
  .join("\n");
