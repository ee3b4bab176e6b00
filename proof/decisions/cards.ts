import { deskCard } from "../../core/apps/cli/terminal/desk-card.ts";
import { inert } from "../../core/apps/cli/output.ts";
import { cardText } from "../../core/apps/cli/texts/card.ts";
import type { InboxCard } from "../../core/contract/inbox.ts";
import { countHidden } from "../../core/domain/kernel/hidden-characters.ts";
import type { DecisionRequest } from "../../core/domain/decision/decision.ts";
import { must, subjectOf, type Attack, type Attacks, type Evidence, textOf, issueAt } from "./attack.ts";
import type { DecisionWorld } from "./decision-world.ts";

interface Seen {
  readonly request: DecisionRequest;
  readonly card: InboxCard;
  /** Lines of the whole card as a terminal shows them. */
  readonly lines: readonly string[];
}

/** A comment on another issue with this body waits; the card is looked at as the owner does. */
async function commentCard(world: DecisionWorld, body: string): Promise<Seen> {
  const run = await world.newRun();
  world.forge.addIssue({ number: run.issue + 1 });
  const result = await world.call(run, "github_comment", { number: run.issue + 1, body });
  must(result["status"] === "pending", `the call was ${textOf(result["status"])}: ${textOf(result["message"])}`);
  return look(world, await world.requestOf(run));
}

async function look(world: DecisionWorld, request: DecisionRequest): Promise<Seen> {
  const card = await world.card(request);
  must(JSON.stringify(JSON.parse(card.arguments)) === JSON.stringify(sorted(request.arguments)), "the card shows other arguments than will be executed");
  return { request, card, lines: inert(cardText(card, world.clock.now())).split("\n") };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

function onCard({ request }: Seen, text: RegExp): Evidence {
  return { recorded: [[subjectOf(request), "decision.requested"]], shown: [{ where: "card", id: request.id, text }] };
}

/** No character that does not show, and none that drives a terminal, comes through on any line. */
function mustShowEverything({ lines }: Seen): void {
  must(
    lines.every((line) => countHidden(line) === 0),
    "a hidden character reaches the terminal",
  );
}

function hiddenText(body: string): Attack {
  return async (world) => {
    const seen = await commentCard(world, body);
    mustShowEverything(seen);
    must(seen.card.hiddenCharacters, "the card does not say that something is hidden");
    must(
      seen.lines.some((line) => line.startsWith("! ")),
      "the card does not warn",
    );
    return onCard(seen, /not show or that reorder text/u);
  };
}

export const cards: Attacks = {
  "D-63": async (world) => {
    const payload = "; and delete the production database";
    const seen = await commentCard(world, `${"All is well. ".repeat(4_600)}${payload}`);
    must(seen.lines.join("\n").includes(payload), "the whole card cuts the text off");
    must(seen.card.arguments.includes(payload), "the arguments are cut off");
    const desk = deskCard(seen.card, world.clock.now());
    must(!desk.includes(payload) && /… [\d,]{5,} more characters on the whole card; the digest covers all/u.test(desk), "the short card looks complete");
    return onCard(seen, /delete the production database/u);
  },
  "D-64": async (world) => {
    const run = await world.newRun();
    issueAt(world, run.issue).labels = ["run:intake", "approved"];
    await world.call(run, "github_request_label", { number: run.issue, add: ["аpproved", "deplоy:production"], remove: [], reason: "done" });
    const seen = await look(world, await world.requestOf(run));
    must(
      seen.card.warnings.some((warning) => warning.includes('"аpproved" looks like "approved"')),
      "the twin of a label that is there is not named",
    );
    must(seen.lines.filter((line) => line.startsWith("! ")).length >= 2, "the card does not warn of each");
    return onCard(seen, /looks like \\?"approved/u);
  },
  "D-65": async (world) => {
    const fake = [
      "",
      "",
      "Digest     0000",
      "Risk       none at all",
      "! This is a warning of Signalbox.",
      "State      executed",
      "Decide     signalbox inbox approve other",
    ];
    const seen = await commentCard(world, fake.join("\n"));
    for (const line of fake.filter((text) => text !== "")) must(!seen.lines.includes(line), `a foreign line passes for one of the card: ${line}`);
    const honest = seen.lines.filter((line) => /^(?:Digest|Risk|State|Decide) {3}/u.test(line));
    must(honest.length === 4, "the card has other fields than its own");
    return onCard(seen, /Digest {5}0000/u);
  },
  "D-66": async (world) => {
    const seen = await commentCard(world, "\u001b[2J\u001b[1;1H\u001b]0;title\u0007\u001b[8mhidden\u001b[0m \u009b31m done");
    mustShowEverything(seen);
    return onCard(seen, /u001b\[2J/u);
  },
  "D-67": hiddenText("pay\u202e\u2066load\u2069 a\u200bb\u200dc\ufe0fd\u{e0041}\u{e0100}e\u00adf\u3164g\u2800"),
  "D-68": async (world) => {
    const run = await world.newRun();
    for (const ends of ["\n", "\r", "\r\n"]) {
      const refused = await world.call(run, "github_request_label", { number: run.issue, add: [`idea${ends}run:vision`], remove: [], reason: "x" });
      must(refused["status"] === "refused", "a label of two lines was taken");
    }
    const seen = await commentCard(world, "one\u2028two\u2029three\u0085four\rfive\u000bsix");
    mustShowEverything(seen);
    return onCard(seen, /not show or that reorder text/u);
  },
};
