import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allStages, roles, type Role, type StageName } from "../stage/stage.ts";
import { stageTable } from "../stage/table.ts";
import { checkWriteScope, describeScope, type PathChange } from "./write-scope.ts";

const change = (path: string, extra: Partial<PathChange> = {}): PathChange => ({ path, status: "M", mode: "regular", ...extra });
const refused = (stage: StageName, changes: readonly (PathChange | string)[], role: Role = stageTable[stage].roles[0]) => {
  const outcome = checkWriteScope(
    stage,
    role,
    changes.map((c) => (typeof c === "string" ? change(c) : c)),
  );
  return outcome.ok ? [] : outcome.error.refused.map((r) => r.path);
};

describe("the write scope", () => {
  it("of a document stage is its documents", () => {
    expect(refused("intake", ["docs/issues/issue-7/intake/problem.md", "README.md", change("docs/old.md", { status: "D" })])).toEqual([]);
    expect(refused("intake", ["docs/a.md", "src/main.ts", "docs/a.md.ts", "docs/amd", ".md", "docs/.md", "package.json"])).toEqual([
      "src/main.ts",
      "docs/a.md.ts",
      "docs/amd",
      ".md",
      "docs/.md",
      "package.json",
    ]);
  });

  it("takes .md as it is written", () => {
    const outcome = checkWriteScope("intake", "pm", [change("docs/A.MD")]);

    expect(outcome.ok ? "" : outcome.error.refused[0]?.why).toContain("lower case");
  });

  it("never includes what the docset tools write, in any spelling and any stage", () => {
    const files = ["docs/_docset/issues/issue-7.yaml", "docs/_index/issue-map.md", "docs/_DOCSET/x.md", "Docs/_Index/x.md", "docs/_docset"];

    for (const stage of allStages) expect(refused(stage, files), stage).toEqual(files);
  });

  it("has no links, modules or programs among documents", () => {
    const files = (["symlink", "submodule", "executable"] as const).map((mode) => change(`docs/${mode}.md`, { mode }));

    expect(refused("intake", files)).toEqual(["docs/symlink.md", "docs/submodule.md", "docs/executable.md"]);
    expect(refused("dev", files)).toEqual(["docs/symlink.md", "docs/submodule.md"]);
  });

  it("looks at both ends of a rename, and at the new one of a copy", () => {
    expect(refused("intake", [change("docs/main.md", { oldPath: "src/main.ts", status: "R" })])).toEqual(["src/main.ts"]);
    expect(refused("intake", [change("src/main.ts", { oldPath: "docs/main.md", status: "R" })])).toEqual(["src/main.ts"]);
    expect(refused("intake", [change("docs/main.md", { oldPath: "src/main.ts", status: "C" })])).toEqual([]);
  });

  it("of dev is the code, of a reviewer nothing in any stage", () => {
    const files = ["src/main.ts", "docs/a.md", "core/prompts/x.md"];

    expect(refused("dev", files)).toEqual([]);
    for (const stage of allStages) expect(refused(stage, files, "reviewer"), stage).toEqual(files);
    expect(refused("discussion", files)).toEqual(files);
    expect(refused("abort", files)).toEqual(files);
  });

  it("leaves CI, review rules and instructions to agents to others in every stage but where they belong", () => {
    const automation = [
      ".github/workflows/ci.yml",
      ".GitHub/actions/x/action.yml",
      "CODEOWNERS",
      "docs/CODEOWNERS",
      ".gitmodules",
      ".gitlab-ci.yml",
      "Jenkinsfile",
    ];
    const instructions = ["AGENTS.md", "src/agents.MD", "CLAUDE.md", ".codex/config.md", ".agents/skills/x.md"];

    expect(refused("dev", automation)).toEqual(automation);
    expect(refused("self-improve", automation)).toEqual(automation);
    expect(refused("dev", instructions)).toEqual(instructions);
    expect(refused("intake", instructions)).toEqual(instructions);
    expect(refused("self-improve", ["AGENTS.md", "CLAUDE.md"])).toEqual([]);
    expect(refused("intake", [".github/pull_request_template.md"])).toEqual([]);
  });

  it("of self-improve is prompts, documents and the agent's image", () => {
    expect(
      refused("self-improve", [
        "core/prompts/intake-work.md",
        "prompts/envelope.tmpl",
        "docs/a.md",
        "build/Containerfile.agent",
        "services/agent/Dockerfile.agent",
      ]),
    ).toEqual([]);
    expect(
      refused("self-improve", ["src/prompts/x.ts", "build/Containerfile.server", "core/promptsx/a.txt", change("prompts/run.sh", { mode: "executable" })]),
    ).toEqual(["src/prompts/x.ts", "build/Containerfile.server", "core/promptsx/a.txt", "prompts/run.sh"]);
  });

  it("has no room for paths that mean something else than they say", () => {
    const tricks = [
      "",
      "../a.md",
      "docs/../src/a.md",
      "docs/./a.md",
      "/etc/a.md",
      "C:a.md",
      "docs\\a.md",
      "docs//a.md",
      "docs/a.md/",
      ".git/a.md",
      "docs/.GIT/a.md",
      "git~1/a.md",
      ".git::$INDEX_ALLOCATION/a.md",
      ".g\u200cit/a.md",
      "\uff0egit/a.md",
      "docs/a\0.md",
      "docs/a\n.md",
      "docs/a\u202e.md",
      "docs./a.md",
      "docs /a.md",
      "docs/a.md.",
      "docs/a.md ",
      "docs/\ud800.md",
    ];

    for (const stage of ["intake", "dev", "self-improve"] as const) expect(refused(stage, tricks), stage).toEqual(tricks);
  });

  it("calls a path that leaves its place by that name", () => {
    const outcome = checkWriteScope("intake", "pm", [change("../a.md")]);

    expect(outcome.ok ? "" : outcome.error.refused[0]?.why).toBe("the path leaves its place");
  });

  it("says in words what it is", () => {
    expect(describeScope("intake", "pm")).toContain("*.md");
    expect(describeScope("dev", "reviewer")).toBe("nothing in the repository");
  });
});

describe("any push", () => {
  const part = fc.oneof(
    fc.constantFrom("docs", "src", "_docset", "_index", "a.md", "a.MD", "x.ts", "..", ".git", "prompts", "core", "Containerfile.agent"),
    fc.string({ maxLength: 6, unit: "binary" }),
  );
  const path = fc.oneof(
    fc.constantFrom("docs/a.md", "README.md", "docs/issues/x.md"),
    fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/")),
  );
  const someChange: fc.Arbitrary<PathChange> = fc.record(
    {
      path,
      oldPath: path,
      status: fc.constantFrom("A" as const, "M" as const, "D" as const, "R" as const, "C" as const, "T" as const),
      mode: fc.constantFrom("regular" as const, "regular" as const, "regular" as const, "executable" as const, "symlink" as const, "submodule" as const),
    },
    { requiredKeys: ["path", "status", "mode"] },
  );
  const documentStages = allStages.filter((stage) => stageTable[stage].writeScope === "markdown");

  it("of a document stage that passes has regular files named *.md alone", () => {
    let passed = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...documentStages),
        fc.constantFrom(...roles),
        fc.array(someChange, { minLength: 1, maxLength: 2 }),
        (stage, role, changes) => {
          if (!checkWriteScope(stage, role, changes).ok) return;
          passed++;
          expect(role).not.toBe("reviewer");
          for (const { path: to, oldPath, status, mode } of changes) {
            for (const touched of status === "R" && oldPath !== undefined ? [to, oldPath] : [to])
              expect(touched).toMatch(/^(?!.*(?:^|\/)\.{1,2}\/)(?!docs\/_(?:docset|index)\/)[^\\\0]+\.md$/i);
            expect(to.endsWith(".md")).toBe(true);
            expect(mode).toBe("regular");
          }
        },
      ),
      { numRuns: 3_000 },
    );
    expect(passed).toBeGreaterThan(20);
  });

  it("is refused as a whole for one path that is out of scope", () => {
    fc.assert(
      fc.property(fc.constantFrom(...allStages), fc.array(someChange, { maxLength: 4 }), someChange, (stage, changes, extra) => {
        const role = stageTable[stage].roles[0];
        fc.pre(!checkWriteScope(stage, role, [extra]).ok);
        expect(checkWriteScope(stage, role, [...changes, extra]).ok).toBe(false);
      }),
    );
  });

  it("that changes nothing is in every scope", () => {
    for (const stage of allStages) expect(checkWriteScope(stage, "reviewer", []).ok).toBe(true);
  });
});
