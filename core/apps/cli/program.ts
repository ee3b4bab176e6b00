import { Command, InvalidArgumentError, Option } from "commander";
import type { InboxCard } from "../../contract/inbox.ts";
import { auditFormats, type AuditFormat } from "../../domain/audit/export-format.ts";
import type { DocumentVerdict } from "../../domain/document/document-verdict.ts";
import { anchorAudit, checkExportFile, exportAudit, replayDecision, verifyAudit } from "./commands/audit.ts";
import { openDesktop, runDesktopHost, type DesktopOptions } from "./commands/desktop.ts";
import { runDoctor } from "./commands/doctor.ts";
import { editRequest, type EditOptions } from "./commands/edit.ts";
import { decideRequest, listInbox, showRequest, snoozeRequest, wakeRequest } from "./commands/inbox.ts";
import { createKeys } from "./commands/init-keys.ts";
import { applyRules, rehearseRules, showMatrix } from "./commands/matrix.ts";
import { rehearse, type RehearseOptions } from "./commands/rehearse.ts";
import { allowLike, listRules, revokeRule, showRule, type AllowOptions } from "./commands/rules.ts";
import { cancelRun, listRuns, noteRun, parkRun, rerun, resumeRun, showLogs, showRun } from "./commands/runs.ts";
import { serve, serverParts, type ServerPart } from "./commands/serve.ts";
import { limitStage, listStages, previewStage } from "./commands/stages.ts";
import { startTerminal } from "./commands/start.ts";
import { budget, pauseAll, restoreAll, type BudgetOptions } from "./commands/workspace.ts";
import type { CommandContext } from "./control.ts";
import type { ExitCode } from "./exit-codes.ts";
import { usageFailure } from "./failures.ts";

/** Runs a command's work with the context that its global options ask for, and remembers its exit code. */
export type Runner = (work: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly workspace?: string;
  readonly verbose?: boolean;
  readonly server?: boolean;
}

/** The whole command line. `run` is called by the command that was chosen. */
export function createProgram(run: Runner, version: string): Command {
  const program = new Command("signalbox")
    .description("The control room for the owner of a team of AI coding agents.")
    .version(version)
    .option("--json", "one JSON document on standard output, everything else on standard error")
    .option("--workspace <dir>", "directory of the rehearsal workspace (default: the user's data directory, or SIGNALBOX_WORKSPACE)")
    .option("--server", "a server's database and forge instead of the rehearsal workspace, configured by environment variables")
    .option("--verbose", "details of unexpected failures")
    .showHelpAfterError("(signalbox --help lists the commands)")
    .exitOverride();
  addRehearsal(program, run);
  addInbox(program, run);
  addRules(program, run);
  addRuns(program, run);
  addHolds(program, run);
  addRest(program, run);
  for (const command of everyCommand(program)) command.exitOverride();
  return program;
}

function addRehearsal(program: Command, run: Runner): void {
  program
    .command("start")
    .description("open the rehearsal workspace in the terminal: runs as they go, and an inbox to decide in")
    .action(async () => run((context) => startTerminal(context)));
  program
    .command("desktop")
    .description("open the rehearsal workspace in a window")
    .option("--web", "in the browser, served on this machine only")
    .option("--no-open", "with --web: print the address, open no browser")
    .action(async (options: DesktopOptions) => run((context) => openDesktop(context, options)));
  program.command("desktop-host", { hidden: true }).action(async () => run((context) => runDesktopHost(context)));
  program
    .command("rehearse")
    .description("take an issue through stages in the rehearsal workspace, without account, key or cluster")
    .option("--continue", "go on with the newest rehearsal of this workspace instead of opening an issue")
    .option("--repo <path>", "a local git repository to work on; it is cloned, never changed (default: the sample project)")
    .option("--issue <file>", "a Markdown file with the issue; its first heading or line is the title (default: the sample issue)")
    .option("--label <label>", "trigger label to start with, instead of --stages", collect)
    .option("--stages <list>", "stages to go through, separated by commas", "intake")
    .addOption(
      new Option("--decide <how>", "what the owner decides").choices(["approve", "request-changes", "deny", "abort", "later", "ask"]).default("approve"),
    )
    .option("--answer <text>", "answer to questions, in your own words (default: the recommended option)")
    .option("--timeout <seconds>", "give up after this long; what was reached is kept", positive, 900)
    .action(async (options: RehearseOptions) => run((context) => rehearse(context, options)));
  program
    .command("serve")
    .description("run the headless part against PostgreSQL and GitHub, configured by environment variables")
    .argument("<part>", serverParts.join(" | "))
    .action(async (part: string) => {
      if (!(serverParts as readonly string[]).includes(part))
        throw new InvalidArgumentError(`there is no part called ${part}; choose ${serverParts.join(", ")}`);
      await run((context) => serve(context, part as ServerPart));
    });
}

function addInbox(program: Command, run: Runner): void {
  const inbox = program.command("inbox").description("what waits for your decision");
  inbox
    .command("list")
    .description("open requests; --all adds the closed ones")
    .option("--all", "closed requests too")
    .action(async (options: { all?: boolean }) => run((context) => listInbox(context, options)));
  inbox
    .command("show <id>")
    .description("the whole card: exact effect, arguments, reason, rule")
    .action(async (id: string) => run((context) => showRequest(context, id)));
  inbox
    .command("edit <id>")
    .description("print the arguments of a tool call, or put a request with your own in its place; it is approved by itself")
    .option("--arguments <file>", "JSON with the arguments as they shall be; - for standard input")
    .action(async (id: string, options: EditOptions) => run((context) => editRequest(context, id, options)));
  inbox
    .command("snooze <id>")
    .description("put it away for a while; it comes back by itself, an hour before its deadline at the latest")
    .option("--for <time>", "how long: 30m, 8h, 1d (default: until it changes)")
    .action(async (id: string, options: { for?: string }) => run((context) => snoozeRequest(context, id, options)));
  inbox
    .command("wake <id>")
    .description("take it out again")
    .action(async (id: string) => run((context) => wakeRequest(context, id)));
  const decision = (name: string, description: string): Command => inbox.command(name).description(description).option("--detach", "do not wait for the run");
  const decide = async (id: string, verdictFor: Parameters<typeof decideRequest>[2], options: { detach?: boolean }): Promise<void> =>
    run((context) => decideRequest(context, id, verdictFor, options));
  decision("approve <id>", "allow exactly what the card shows; of a question: take the recommended option")
    .option("--stay", "of a stage gate: accept the artifacts, but do not start the next stage")
    .action(async (id: string, options: { detach?: boolean; stay?: boolean }) =>
      decide(id, () => ({ type: "approve", ...(options.stay ? { proceed: false } : {}) }), options),
    );
  decision("deny <id>", "refuse it, with a reason for the agent")
    .requiredOption("--reason <text>", "why")
    .action(async (id: string, options: { detach?: boolean; reason: string }) => decide(id, () => ({ type: "deny", reason: options.reason }), options));
  decision("answer <id> [text]", "answer a question: --option N, or your own words")
    .option("--option <n>", "number of an offered option", positive)
    .action(async (id: string, text: string | undefined, options: { detach?: boolean; option?: number }) =>
      decide(id, (card) => answerOf(card, text, options.option), options),
    );
  decision("request-changes <id>", "send a stage's artifacts back, with what to change")
    .requiredOption("--comment <text>", "what to change")
    .option("--on <path:line:text>", "a comment on a line of a document; may be repeated", collect)
    .option("--document <path:verdict>", "what you say of a document as a whole: path:good, or path:changes:text; may be repeated", collect)
    .action(async (id: string, options: { detach?: boolean; comment: string; on?: readonly string[]; document?: readonly string[] }) =>
      decide(id, () => changesOf(options), options),
    );
  decision("ask <id> <question>", "ask the agent about its stage before you decide").action(
    async (id: string, question: string, options: { detach?: boolean }) => decide(id, () => ({ type: "ask", question }), options),
  );
  decision("abort <id>", "end the work on the issue")
    .requiredOption("--reason <text>", "why")
    .action(async (id: string, options: { detach?: boolean; reason: string }) => decide(id, () => ({ type: "abort", reason: options.reason }), options));
}

function addRules(program: Command, run: Runner): void {
  const rules = program.command("rules").description("what you have allowed beforehand, and the approval matrix");
  rules
    .command("list", { isDefault: true })
    .option("--all", "those that are over, too")
    .action(async (options: { all?: boolean }) => run((context) => listRules(context, options)));
  rules
    .command("show <id>")
    .description("exactly what a rule lets through")
    .action(async (id: string) => run((context) => showRule(context, id)));
  rules
    .command("allow <request>")
    .description("sign a rule that lets calls like this one through unasked; never for what is of high risk")
    .addOption(new Option("--scope <where>", "which runs").choices(["run", "issue", "stage", "repository"]).default("issue"))
    .option("--vary <argument>", "an argument that may be anything; may be repeated", collect)
    .option("--times <n>", "how many calls in all", positive, 10)
    .option("--for <time>", "until when: 30m, 8h, 7d", "1d")
    .option("--dry-run", "say what it would let through, and sign nothing")
    .action(async (request: string, options: AllowOptions) => run((context) => allowLike(context, request, options)));
  rules
    .command("revoke <id>")
    .description("take a rule back: its calls are asked again")
    .action(async (id: string) => run((context) => revokeRule(context, id)));
  rules
    .command("matrix")
    .description("the approval matrix: what happens by itself, asks or is refused, and how often that was")
    .option("--own", "only your own rules, as they would stand in a file")
    .action(async (options: { own?: boolean }) => run((context) => showMatrix(context, options)));
  rules
    .command("rehearse <file>")
    .description("what these own rules would have made of the last 30 days' calls; YAML, - for standard input; changes nothing")
    .action(async (file: string) => run((context) => rehearseRules(context, file)));
  rules
    .command("apply <file>")
    .description("let these own rules hold, instead of those there are; only what is stricter than the built-in ones")
    .action(async (file: string) => run((context) => applyRules(context, file)));
}

function addRuns(program: Command, run: Runner): void {
  const runs = program.command("runs").description("what the agents do and did");
  runs
    .command("list")
    .option("--active", "only runs that have not ended")
    .option("--issue <n>", "only runs of this issue", positive)
    .action(async (options: { active?: boolean; issue?: number }) => run((context) => listRuns(context, options)));
  runs.command("show <id>").action(async (id: string) => run((context) => showRun(context, id)));
  runs
    .command("logs <id>")
    .option("-f, --follow", "go on until the run has ended")
    .action(async (id: string, options: { follow?: boolean }) => run((context) => showLogs(context, id, options)));
  runs
    .command("note <id> <text>")
    .description("tell the run's agent something with its next turn")
    .action(async (id: string, text: string) => run((context) => noteRun(context, id, text)));
  runs
    .command("rerun <id>")
    .description("start the stage of a run that has ended again, by its label")
    .option("--dry-run", "show the label change and what stands against it")
    .action(async (id: string, options: { dryRun?: boolean }) => run((context) => rerun(context, id, options)));
  runs.command("park <id>").action(async (id: string) => run((context) => parkRun(context, id)));
  runs.command("resume <id>").action(async (id: string) => run((context) => resumeRun(context, id)));
  runs
    .command("cancel <id>")
    .requiredOption("--reason <text>", "why")
    .action(async (id: string, options: { reason: string }) => run((context) => cancelRun(context, id, options.reason)));
}

function addHolds(program: Command, run: Runner): void {
  program
    .command("pause")
    .description("stop everything: no run starts or goes on until you restore; nothing is lost")
    .option("--reason <text>", "why, for whoever reads it")
    .action(async (options: { reason?: string }) => run((context) => pauseAll(context, options)));
  program
    .command("restore")
    .description("let go of what the pause stopped or held back, and of nothing else")
    .action(async () => run((context) => restoreAll(context)));
  program
    .command("budget")
    .description("limits of each run and of each day (UTC), and what is used; with options, changes those that are named")
    .option("--run-usd <dollars>", "of each run, estimated; or none")
    .option("--run-tokens <n>", "of each run; or none")
    .option("--day-usd <dollars>", "of all runs of a day, estimated; or none")
    .option("--day-tokens <n>", "of all runs of a day; or none")
    .action(async (options: BudgetOptions) => run((context) => budget(context, options)));
}

function addRest(program: Command, run: Runner): void {
  const stages = program.command("stages").description("the stage process");
  stages.command("list", { isDefault: true }).action(async () => run((context) => listStages(context)));
  stages
    .command("preview <issue> <stage>")
    .description("the label change that moving an issue (owner/name#12) to a stage would make")
    .option("--revise", "the stage's revise trigger")
    .action(async (issue: string, stage: string, options: { revise?: boolean }) => run((context) => previewStage(context, issue, stage, options)));
  stages
    .command("limit [repository] [stage] [limit]")
    .description("how many issues are in progress where that is limited; with a stage (owner/name dev 3), sets its limit, or takes it off by none")
    .action(async (repository?: string, stage?: string, limit?: string) => run((context) => limitStage(context, repository, stage, limit)));
  const audit = program.command("audit").description("the hash-chained record of everything that happened");
  audit
    .command("verify")
    .description("check the chain, the anchors outside the database, every signature and every effect")
    .option("--tags", "compare with the anchors that are tags of the repositories, too")
    .action(async (options: { tags?: boolean }) => run((context) => verifyAudit(context, options)));
  audit
    .command("anchor")
    .description("vouch for the present end of the record: a signed tag on the default branch of each repository")
    .option("--repository <owner/name>", "only this repository")
    .action(async (options: { repository?: string }) => run((context) => anchorAudit(context, options)));
  audit
    .command("replay <id>")
    .description("one decision again: what was shown, which rule asked, who decided, what ran, what came back")
    .action(async (id: string) => run((context) => replayDecision(context, id)));
  audit
    .command("export")
    .description("the whole record on standard output, sealed with your signature")
    .addOption(new Option("--format <format>").choices([...auditFormats]).default("jsonl"))
    .action(async (options: { format: AuditFormat }) => run((context) => exportAudit(context, options.format, (text) => void process.stdout.write(text))));
  audit
    .command("check-export <file>")
    .description("check an exported record by itself, without its workspace: chain, end and seal")
    .option("--trusted <path>", "a public key file, or a directory of them (default: the keys of the workspace)")
    .addOption(new Option("--format <format>", "default: from the name of the file").choices([...auditFormats]))
    .action(async (file: string, options: { trusted?: string; format?: AuditFormat }) => run((context) => checkExportFile(context, file, options)));
  program
    .command("doctor")
    .description("check everything that Signalbox needs, and say what to do")
    .option("--repository <owner/name>", "what it needs of this repository instead: your right, labels, webhook, reconciler, clone")
    .action(async (options: { repository?: string }) => run((context) => runDoctor(context, options)));
  program
    .command("init-keys")
    .description("make the key pair that signs your decisions, and trust it")
    .requiredOption("--person <login>", "your login on the forge")
    .option("--directory <dir>", "where the key is kept (default: keys in the workspace)")
    .action(async (options: { person: string; directory?: string }) => run((context) => createKeys(context, options)));
}

function answerOf(
  card: InboxCard,
  text: string | undefined,
  option: number | undefined,
): { readonly type: "answer"; readonly text: string; readonly option?: number } {
  if (text !== undefined) return { type: "answer", text };
  if (option === undefined) throw usageFailure("an answer needs words or an option", 'Write: signalbox inbox answer ID "your words", or --option 2.');
  const offered = card.effect.type === "question" ? card.effect.options[option - 1] : undefined;
  if (offered === undefined) throw usageFailure(`there is no option ${option}`, `signalbox inbox show ${card.id} lists them.`);
  return { type: "answer", text: offered, option: option - 1 };
}

function changesOf({ comment, on = [], document = [] }: { readonly comment: string; readonly on?: readonly string[]; readonly document?: readonly string[] }) {
  const [comments, documents] = [on.map(noteOf), document.map(verdictOf)];
  const silent = documents.find(({ path, verdict, body }) => verdict === "changes" && body === undefined && !comments.some((each) => each.path === path));
  if (silent) throw usageFailure(`nothing says what needs to change in ${silent.path}`, `Write "${silent.path}:changes:what to change", or comment with --on.`);
  return { type: "request_changes" as const, comment, comments, ...(documents.length === 0 ? {} : { documents }) };
}

/** That changes are needed may be said without words where a comment on a line says which. */
function verdictOf(text: string): { readonly path: string; readonly verdict: DocumentVerdict; readonly body?: string } {
  const { path, verdict, body } = /^(?<path>[^:]+):(?<verdict>good$|changes(?=$|:))(?::(?<body>[\s\S]+))?$/u.exec(text)?.groups ?? {};
  if (path === undefined || (verdict !== "good" && verdict !== "changes"))
    throw usageFailure(`${text} is not a verdict on a document`, 'Write it as "docs/a.md:good", or as "docs/a.md:changes:what to change".');
  return { path, verdict, ...(body === undefined ? {} : { body }) };
}

function noteOf(text: string): { readonly path: string; readonly line: number; readonly body: string } {
  const parts = /^(?<path>[^:]+):(?<line>\d+):(?<body>[\s\S]+)$/u.exec(text)?.groups;
  if (!parts?.["path"] || !parts["line"] || !parts["body"])
    throw usageFailure(`${text} is not a comment on a line`, 'Write it as "docs/issues/issue-1/intake/brief.md:12:what to change".');
  return { path: parts["path"], line: Number(parts["line"]), body: parts["body"] };
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

function positive(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("it has to be a whole number of at least 1.");
  return number;
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
