import { describe, expect, it } from "vitest";
import type { RunState } from "../../core/domain/run/run.ts";
import { checksum, historyText, parseHistory, readIndex, readRecorded, recordedNames } from "./history.ts";
import { misreadings, today, type Machines } from "./replay.ts";
import { scenarios } from "./scenarios.ts";
import { foreignTo } from "./scrubbed.ts";

const names = await recordedNames();
const index = await readIndex();
const histories = await Promise.all(names.map(async (name) => parseHistory(await readRecorded(name))));

describe("the recorded histories", () => {
  it("are all there, and nobody has rewritten one", async () => {
    expect(names).toStrictEqual(Object.keys(index).toSorted());
    for (const name of names) expect({ name, sha256: checksum(await readRecorded(name)) }).toStrictEqual({ name, sha256: index[name]?.sha256 });
  });

  it("cover every scenario, and every event that a machine of today's emits in an honest life", () => {
    expect(names).toStrictEqual(expect.arrayContaining(scenarios.map((scenario) => scenario.name)));
    const types = new Set(histories.flatMap((history) => history.events.map((event) => event.type)));
    expect([...types]).toStrictEqual(
      expect.arrayContaining([
        ...["attempt-prepared", "started", "waited", "answered", "parked", "resumed", "gate-opened", "attempt-lost", "succeeded", "cancelled"].map(
          (name) => `run.${name}`,
        ),
        ...["superseded", "failed", "pull-linked", "thread-linked", "head-moved", "waits-instead"].map((name) => `run.${name}`),
        ...["requested", "decided", "execution-began", "executed", "expired", "superseded"].map((name) => `decision.${name}`),
        "push.accepted",
        "push.refused",
        "turn.ended",
        "tool.requested",
        "tool.executed",
        "tool.edited",
      ]),
    );
  });

  it("hold nothing of the machine that recorded them, and no secret", async () => {
    for (const name of names) expect({ name, foreign: foreignTo(await readRecorded(name)) }).toStrictEqual({ name, foreign: [] });
    expect(foreignTo('{"path":"/home/olga/work"}')).toHaveLength(1);
    expect(foreignTo('{"text":"see http://127.0.0.1:8080/x"}')).toHaveLength(1);
    expect(foreignTo("-----BEGIN PRIVATE KEY-----")).toHaveLength(1);
  });

  it("are written as they are read", async () => {
    for (const name of names) expect(historyText(parseHistory(await readRecorded(name)))).toBe(await readRecorded(name));
  });
});

describe.each(names)("the history %s", (name) => {
  it("is read by today's domain as what it was", async () => {
    expect(await misreadings(parseHistory(await readRecorded(name)))).toStrictEqual([]);
  });
});

describe("a change of the domain that misreads an old run is noticed", () => {
  const { run, request } = today;
  const renamed = (state: RunState): RunState =>
    state.phase === "waiting_owner_review" ? ({ ...state, phase: "waiting_gate" } as unknown as RunState) : state;
  const mutations: readonly (readonly [string, Partial<Machines>])[] = [
    [
      "a phase with another name",
      {
        run: {
          decide: run.decide,
          evolve: (before, event) => {
            const after = run.evolve(before, event);
            return { ...after, state: renamed(after.state) };
          },
        },
      },
    ],
    [
      "an event that is understood no more",
      { run: { decide: run.decide, evolve: (before, event) => (event.type === "run.head-moved" ? before : run.evolve(before, event)) } },
    ],
    [
      "an event with another name",
      {
        run: {
          evolve: run.evolve,
          decide: (before, command, context) => {
            const outcome = run.decide(before, command, context);
            return outcome.ok
              ? {
                  ok: true,
                  value: outcome.value.map((event) => (event.type === "run.started" ? ({ ...event, type: "run.began" } as unknown as typeof event) : event)),
                }
              : outcome;
          },
        },
      },
    ],
    [
      "a transition that is taken away",
      {
        run: {
          evolve: run.evolve,
          decide: (before, command, context) =>
            command.type === "open-gate" ? { ok: false, error: { type: "run.ended", phase: before.state.phase } } : run.decide(before, command, context),
        },
      },
    ],
    [
      "a decision that loses its surface",
      {
        request: {
          decide: request.decide,
          evolve: (before, event) =>
            request.evolve(before, event.type === "decision.decided" ? { ...event, decision: { ...event.decision, surface: "desktop" } } : event),
        },
      },
    ],
    ["a digest of something else", { sha256: (text) => today.sha256(` ${text}`) }],
    ["other next steps", { nextSteps: (stage, labels) => today.nextSteps(stage, labels).slice(1) }],
  ];

  it.each(mutations)("%s", async (_what, mutation) => {
    const found = await Promise.all(histories.map((history) => misreadings(history, { ...today, ...mutation })));

    expect(found.flat().length).toBeGreaterThan(0);
  });

  it("an event that was edited, left out or moved in the file", async () => {
    const [history] = histories;
    if (!history) throw new Error("there is a history");
    const at = history.events.findIndex((event) => event.type === "run.started");
    const started = history.events[at];
    if (!started) throw new Error("a run was started");
    const edited = history.events.with(at, { ...started, payload: { ...started.payload, attempt: 2 } });

    for (const events of [edited, history.events.toSpliced(at, 1), history.events.slice(0, -1).toSpliced(at, 0, started)])
      expect((await misreadings({ ...history, events })).length).toBeGreaterThan(0);
  });
});
