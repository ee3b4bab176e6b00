import type { RunDetail } from "../../../contract/runs.ts";
import { countChecks } from "../../../domain/check/check.ts";
import { isFinalRun } from "../../../domain/run/run.ts";
import { doctorText } from "../commands/doctor.ts";
import { runText } from "../commands/runs.ts";
import { age } from "../output.ts";
import { transcriptLine } from "../texts/transcript.ts";
import { numbered } from "./decide.ts";
import type { Session } from "./terminal-state.ts";
import { stageOf } from "../issue-desk.ts";

/** The runs, newest first, and what can be done with one. @returns whether something was set going. */
export async function showRuns(session: Session): Promise<boolean> {
  const { client, dialogue, context } = session;
  const { runs } = await client.runs.list({ limit: 50 });
  if (runs.length === 0) {
    dialogue.say("No runs yet. Starting a stage makes one.");
    return false;
  }
  const choices = runs.map((run) => ({
    value: run.id,
    label: `#${run.issue} ${stageOf(run)}  ${run.status}`,
    hint: `${age(run.createdAt, context.now())}${run.pull === undefined ? "" : `, PR #${run.pull}${run.checks ? `: ${countChecks(run.checks)}` : ""}`}`,
  }));
  const id = await dialogue.choose("Which run?", choices);
  if (id === undefined) return false;
  const run = await client.runs.get({ id });
  dialogue.say(runText(run, context.now()), `${run.stage} on ${run.repository}#${run.issue}`);
  return actOn(session, run);
}

async function actOn({ client, dialogue }: Session, run: RunDetail): Promise<boolean> {
  const isFinal = isFinalRun(run);
  const isHeld = run.phase === "parked";
  const action = await dialogue.choose("This run?", [
    { value: "log", label: "Read what it did" },
    ...(isFinal || isHeld ? [] : [{ value: "park", label: "Park it", hint: "its process ends, nothing is lost" }]),
    ...(isHeld ? [{ value: "resume", label: "Resume it", hint: "the same thread goes on" }] : []),
    ...(isFinal ? [] : [{ value: "cancel", label: "Cancel it…", hint: "ends it for good" }]),
    { value: "back", label: "Back" },
  ]);
  switch (action) {
    case "log":
      await dialogue.read(`Transcript of ${run.id}`, await wholeTranscript(client, run.id));
      return false;
    case "park":
      dialogue.line((await client.runs.park({ id: run.id })).status);
      return false;
    case "resume":
      dialogue.line((await client.runs.resume({ id: run.id })).status);
      return true;
    case "cancel": {
      const reason = await dialogue.write("Why?");
      if (reason !== undefined) dialogue.line((await client.runs.cancel({ id: run.id, reason })).status);
      return false;
    }
    default:
      return false;
  }
}

/** At most this many lines: a longer transcript is for the command line. */
const longestLog = 2_000;

async function wholeTranscript(client: Session["client"], id: string): Promise<string> {
  const lines: string[] = [];
  let after: { attempt: number; sequence: number } | undefined;
  do {
    const page: Awaited<ReturnType<typeof client.runs.transcript>> = await client.runs.transcript({ id, limit: 1_000, ...(after ? { after } : {}) });
    lines.push(...page.entries.map(transcriptLine));
    after = page.next;
  } while (after && lines.length < longestLog);
  if (after) lines.push(`… there is more: signalbox runs logs ${id}`);
  return lines.length === 0 ? "Nothing was recorded yet." : lines.join("\n");
}

export async function readDocuments({ client, dialogue }: Session): Promise<void> {
  const projects = await client.projects.list();
  const documents = (
    await Promise.all(projects.map(async ({ repository }) => (await client.documents.list({ repository })).map((document) => ({ repository, ...document }))))
  ).flat();
  if (documents.length === 0) return dialogue.say("No documents are indexed yet. A stage's documents appear when they are pushed.");
  for (;;) {
    const chosen = await dialogue.choose(
      "Which document?",
      documents.map((document, index) => ({ value: String(index), label: document.path, hint: `${document.status}, ${document.branch}` })),
    );
    const document = documents[Number(chosen ?? -1)];
    if (!document) return;
    const { text } = await client.documents.read({ repository: document.repository, path: document.path });
    await dialogue.read(document.path, numbered(text));
  }
}

export async function showDoctor({ client, dialogue }: Session): Promise<void> {
  dialogue.line("Looking…");
  await dialogue.read("Doctor", doctorText(await client.connection.doctor()));
}
