/** What a run of the project's tests showed, copied from its output. */
export interface TestRun {
  readonly command: string;
  readonly exitCode: number;
  readonly commit: string;
  readonly runtime: string;
  /** Undefined where the output does not count them. */
  readonly passed: number | undefined;
  readonly failed: number | undefined;
  readonly seconds: number;
  /** The last lines of the output. */
  readonly output: string;
}

/** First line of the command that lists the repository's files. */
export const repositoryMark = "# look at the repository";
/** First line of the command that runs the tests. */
export const testMark = "# run the tests";
/** Codex hands a command's output over after half a minute, finished or not. */
const patience = 25;

/** A command that runs what the project calls its tests (package.json, else Node's own runner on test files, else pytest) and the check of the criteria. */
export function testCommand(issue: number): string {
  return `${testMark}
started=$(date +%s); code=0; out=$(mktemp)
if [ -f package.json ] && grep -Eq '"test"[[:space:]]*:' package.json; then name='npm test'
elif git ls-files -co --exclude-standard | grep -Eq '(^|/)test/[^/]+[.][mc]?js$|[.]test[.][mc]?js$'; then name='node --test'
elif command -v pytest >/dev/null && git ls-files | grep -Eq '(^|/)test_[^/]+[.]py$'; then name='pytest -q'
else name=''; fi
check=docs/issues/issue-${issue}/dev/check-criteria.mjs
if [ -f "$check" ]; then name="\${name:+$name && }node $check"; fi
if [ -n "$name" ]; then timeout ${patience} bash -c "$name" > "$out" 2>&1; code=$?; fi
printf 'Command: %s\\nExit code: %s\\nCommit: %s\\nRuntime: node %s\\nSeconds: %s\\nEnd of facts\\n' "\${name:-none}" "$code" "$(git rev-parse HEAD)" "$(node --version)" "$(( $(date +%s) - started ))"
tail -n 60 "$out" | cut -c1-200`;
}

/** Reads what {@link testCommand} printed; undefined when it did not run to its end. */
export function readTestRun(output: string | undefined): TestRun | undefined {
  const [head, text] = (output ?? "").split("\nEnd of facts\n");
  const fact = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(head ?? "")?.[1]?.trim();
  const command = fact("Command");
  if (command === undefined || text === undefined) return undefined;
  const count = (pattern: RegExp): number | undefined => (pattern.test(text) ? Number(pattern.exec(text)?.[1]) : undefined);
  return {
    command,
    exitCode: Number(fact("Exit code") ?? 1),
    commit: fact("Commit") ?? "",
    runtime: fact("Runtime") ?? "",
    passed: count(/^(?:ℹ|#) pass (\d+)/m) ?? count(/(\d+) pass(?:ed|ing)/),
    failed: count(/^(?:ℹ|#) fail (\d+)/m) ?? count(/(\d+) fail(?:ed|ing)/),
    seconds: Number(fact("Seconds") ?? 0),
    output: text.trimEnd(),
  };
}
