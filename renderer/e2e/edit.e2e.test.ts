import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { browserUnavailable } from "../../build/testbed/browser.ts";
import type { DecisionReplay, Verification } from "../../core/contract/audit.ts";
import type { InboxCard, InboxItem } from "../../core/contract/inbox.ts";
import type { RunDetail } from "../../core/contract/runs.ts";
import { decideNextStep } from "../../core/adapters/scripted-model/decide.ts";
import type { ScriptedModelOptions } from "../../core/adapters/scripted-model/scripted-model.ts";
import { browse } from "./browser.ts";
import { openServerWorld, type ServerWorld } from "./server-world.ts";
import { driveWindow, type OpenWindow } from "./window.ts";

type Inbox = { readonly items: readonly InboxItem[] };
type Runs = { readonly runs: readonly { readonly id: string }[] };

const tool = "github_request_label";
/** The number of the first issue of a forge. */
const issue = 1;
/** The agent wants to start the next stage by itself; what waits says so. */
const called = { number: issue, add: ["run:vision"], remove: ["run:intake"], reason: "All is clear already." };
const wanted = { number: issue, add: ["good for guests"], remove: [], reason: "All is clear already." };

/** Calls for the label first of all, and then does its work. */
const asksForALabel: ScriptedModelOptions["decide"] = (conversation) => {
  const { entries } = conversation;
  const isDone = entries.some((entry) => entry.type === "call" && entry.name === tool);
  if (isDone || !entries.some((entry) => entry.type === "input")) return decideNextStep(conversation);
  return { type: "call", name: tool, namespace: "mcp__signalbox", arguments: called };
};

describe.skipIf(browserUnavailable !== undefined)(`a call that is edited, then approved, in a browser ${browserUnavailable ?? ""}`, () => {
  let world: ServerWorld;
  let window: OpenWindow;

  beforeEach(async () => {
    world = await openServerWorld(asksForALabel);
    window = await driveWindow({ ...(await browse(await world.serveWindow())), killHost: () => Promise.reject(new Error("this host is not to be killed")) });
  });
  afterEach(async () => {
    await window.close();
    await world.close();
  });

  it("has the edited effect only, by keyboard; nothing that was written is lost, and the agent is told", { timeout: 240_000 }, async () => {
    const { page } = window;
    await setGoing();
    await window.openRequest("Tool approval");
    const [first] = await waiting();

    await page.keyboard.press("e");
    const editor = page.locator("textarea:focus");
    await editor.waitFor();
    expect(JSON.parse(await editor.inputValue())).toEqual(called);
    await writeAll('{"number": 1, "number": 2, "add": ["idea"], "remove": [], "reason": "x"}');
    await page.getByText('Line 1, column 15: The name "number" is there twice').waitFor();
    await writeAll(JSON.stringify({ ...wanted, repository: "acme/vault" }));
    await page.keyboard.press("Control+Enter");
    await page.getByRole("alert").filter({ hasText: "repository" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Go on editing e" }).waitFor();
    await page.keyboard.press("e");
    expect(await editor.inputValue()).toContain("acme/vault");
    await writeAll(JSON.stringify(wanted));
    await page.keyboard.press("Control+Enter");

    await page.getByRole("heading", { name: "What the agent asked for" }).waitFor();
    await page.getByRole("heading", { level: 1, name: "good for guests" }).waitFor();
    expect((await waiting()).map(({ edit }) => edit?.of)).toEqual([first?.id]);
    expect(await labels()).toEqual(["run:intake"]);
    await page.getByRole("button", { name: "Approve a", exact: true }).and(page.locator(":enabled")).waitFor();
    await window.approve("Tool approval");
    await window.openRequest("Stage gate");

    expect((await labels()).filter((label) => !/^(?:state|need):/u.test(label)).toSorted()).toEqual(["good for guests", "run:intake"]);
    const calls = (await runOf()).toolCalls.filter((call) => call.tool === tool);
    expect(calls).toMatchObject([
      { arguments: called, state: "done", executions: 0, result: { status: "done", edited: wanted } },
      { arguments: wanted, state: "done", executions: 1 },
    ]);
    const replayed = (await world.command<DecisionReplay>("audit", "replay", first?.id ?? "")).value;
    expect(replayed).toMatchObject({ ok: true, shown: { phase: "superseded", instead: calls[1]?.requestId } });
    expect((await world.command<Verification>("audit", "verify")).value).toMatchObject({ ok: true, problems: [] });
    expect(window.complaints).toEqual([]);
  });

  it("keeps what was written for a request that was edited on the command line meanwhile, and leads to the edited one", { timeout: 240_000 }, async () => {
    const { page } = window;
    await setGoing();
    await window.openRequest("Tool approval");
    const [first] = await waiting();
    await page.keyboard.press("e");
    await page.locator("textarea:focus").waitFor();
    await writeAll('{"number": 1, "add": ["half wri');

    const directory = await mkdtemp(join(tmpdir(), "signalbox-edit-e2e-"));
    const file = join(directory, "call.json");
    await writeFile(file, JSON.stringify({ ...wanted, add: ["by command"] }));
    const edited = await world.command<InboxCard>("inbox", "edit", first?.id ?? "", "--arguments", file);
    await rm(directory, { recursive: true });

    await page.getByText('{"number": 1, "add": ["half wri').waitFor({ timeout: 20_000 });
    await page.getByRole("link", { name: "Open what stands in its place" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "by command" }).waitFor();
    expect(edited.value).toMatchObject({ phase: "requested", edit: { of: first?.id, surface: "command-line" } });
    expect((await waiting()).map(({ id }) => id)).toEqual([edited.value.id]);
    expect(window.complaints).toEqual([]);
  });

  async function setGoing(): Promise<void> {
    const body = "Guests ask for it every day.\n\nSuccess: 50 card payments a week by June.";
    const { number } = await world.forge.createIssue(world.repository, { title: "Let guests pay by card", body });
    await world.forge.addLabels(world.repository, number, ["run:intake"]);
  }

  async function labels(): Promise<readonly string[]> {
    return (await world.forge.issue(world.repository, issue)).labels;
  }

  /** Takes the place of what stands in the editor. */
  async function writeAll(text: string): Promise<void> {
    await window.page.keyboard.press("Control+a");
    await window.page.keyboard.insertText(text);
  }

  async function waiting(): Promise<readonly InboxCard[]> {
    const { items } = (await world.command<Inbox>("inbox", "list")).value;
    return Promise.all(items.map(async ({ id }) => (await world.command<InboxCard>("inbox", "show", id)).value));
  }

  async function runOf(): Promise<RunDetail> {
    const [row] = (await world.command<Runs>("runs", "list")).value.runs;
    return (await world.command<RunDetail>("runs", "show", row?.id ?? "")).value;
  }
});
