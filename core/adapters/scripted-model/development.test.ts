import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fencedBlock, fenceNotice, turnHeadings, type BlockHeader } from "../../domain/run/turn-text.ts";
import { createRehearsedRun } from "../../testing/rehearsed-run.ts";

const fence = "5f3a9c0b7e1d";
const root = join(import.meta.dirname, "../../..");
const sample = join(root, "core/apps/rehearsal/sample");
let workspace = "";

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "signalbox-model-"));
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

function commit(): void {
  const git = (...words: string[]) => execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t.test", ...words], { cwd: workspace, stdio: "ignore" });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-q", "--allow-empty", "-m", "start");
}

function prompt(stage: string, title: string, body: string, templates: readonly string[] = []): string {
  const blocks: readonly (readonly [BlockHeader, string])[] = [
    [{ kind: "issue-title" }, title],
    [{ kind: "issue-body" }, body],
    ...templates.map(
      (type) =>
        [
          { kind: "template", type, title: type, path: `docs/issues/issue-1/qa/${type}.md` },
          readFileSync(join(root, `docs/templates/qa/${type}.md`), "utf8"),
        ] as const,
    ),
  ];
  const facts = `- Repository: harbour/tidewater\n- Issue: #1\n- Stage: ${stage}\n- Variant: work\n- Role: dev\n- Base branch: main\n- Language of the documents: English\n- Tools of the server signalbox: none`;
  return [turnHeadings.stage, fenceNotice(fence), facts, ...blocks.map(([header, text]) => fencedBlock(fence, header, text))].join("\n\n");
}

const [title = "", ...rest] = readFileSync(join(sample, "issues/001-guest-berth-booking.md"), "utf8").split("\n");
const file = (path: string): string => readFileSync(join(workspace, path), "utf8");

it("dev adds a module with tests to the sample project; they pass, and qa reports what they printed", () => {
  cpSync(join(sample, "repository"), workspace, { recursive: true });
  commit();
  const run = createRehearsedRun(workspace);
  expect(run.turn(prompt("dev", title, rest.join("\n")))).toContain("its checks pass");
  expect(file("src/reservations.mjs")).toContain("export function reserve");
  expect(file("docs/issues/issue-1/dev/implementation_notes.md")).toMatch(/node --test`, exit code 0[\s\S]*held until 18:00/);
  expect(execFileSync("git", ["diff", "--stat"], { cwd: workspace, encoding: "utf8" })).toBe("");

  commit();
  createRehearsedRun(workspace).turn(prompt("qa", title, rest.join("\n"), ["test_evidence"]));
  const head = execFileSync("git", ["rev-parse", "HEAD"], { cwd: workspace, encoding: "utf8" }).slice(0, 12);
  expect(file("docs/issues/issue-1/qa/test_evidence.md")).toMatch(new RegExp(`\`${head}\` \\| node v\\S+ \\| 10 \\| 0 \\|`));
}, 30_000);

it("in any other repository dev touches nothing that is there, and says that its check failed when it did", () => {
  mkdirSync(join(workspace, "docs/issues/issue-1/prd"), { recursive: true });
  writeFileSync(join(workspace, "docs/issues/issue-1/prd/prd.md"), "| F1 | x |\n| A1 | F9 | a | b | c |\n");
  commit();
  expect(createRehearsedRun(workspace).turn(prompt("dev", "Dark mode", "The page should be dark."))).toContain("its checks failed");
  expect(existsSync(join(workspace, "src"))).toBe(false);
  expect(file("docs/issues/issue-1/dev/implementation_notes.md")).toContain("A1 names F9, which is no requirement");
}, 30_000);

it("qa recommends no release when a test fails or none was found", () => {
  commit();
  createRehearsedRun(workspace).turn(prompt("qa", title, "", ["test_evidence"]));
  expect(file("docs/issues/issue-1/qa/test_evidence.md")).toContain("do not release");
  mkdirSync(join(workspace, "test"));
  writeFileSync(join(workspace, "test/broken.mjs"), 'import { test } from "node:test";\ntest("holds", () => { throw new Error("it does not"); });\n');
  createRehearsedRun(workspace).turn(prompt("qa", title, "", ["test_evidence"]));
  expect(file("docs/issues/issue-1/qa/test_evidence.md")).toMatch(/do not release[\s\S]*✖ holds/);
}, 30_000);
