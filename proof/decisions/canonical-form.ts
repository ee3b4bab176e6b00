import type { JsonObject } from "../../core/domain/kernel/values.ts";
import { must, subjectOf, waiting, type Attacks, textOf, issueAt } from "./attack.ts";

const asks = (add: string): string => `"add":[${add}],"remove":[],"reason":"done"`;

export const canonicalForm: Attacks = {
  "D-69": async (world) => {
    const run = await world.newRun();
    const first = await world.rawCall(run, "github_request_label", `{"number":${run.issue},"add":["idea"],${asks('"run:release"')}}`);
    must(first["status"] === "pending", `the trigger hidden behind another label was ${textOf(first["status"])}`);
    const request = await world.requestOf(run);
    must(JSON.stringify(request.arguments["add"]) === '["run:release"]', "the card has another label than was judged");
    const other = await world.newRun();
    const second = await world.rawCall(other, "github_request_label", `{"number":${other.issue},${asks('"run:release"')},"add":["idea"]}`);
    must(second["status"] === "done", "the last member does not count alone");
    must(!issueAt(world, other.issue).labels.includes("run:release"), "the first member was executed, the last one was judged");
    return {
      recorded: [[subjectOf(request), "decision.requested"]],
      shown: [{ where: "card", id: request.id, text: /run:release/u }],
      effects: 1,
    };
  },
  "D-70": async (world) => {
    const run = await world.newRun();
    const call = (number: string): Promise<JsonObject> => world.rawCall(run, "github_request_label", `{"number":${number},${asks('"run:vision"')}}`);
    for (const number of ["1e400", "-0", "0", "1.5", "9007199254740993", "1e20", '"1"', "NaN", "Infinity", "0x10", "[1]"]) {
      const result = await call(number);
      must(result["status"] === "refused", `${number} was ${textOf(result["status"])}`);
    }
    const forms = [`${run.issue}`, `${run.issue}.0`, `${run.issue / 100}e2`, `${run.issue * 10}e-1`];
    const results = [];
    for (const form of forms) results.push(await call(form));
    must(
      results.every((result) => result["status"] === "pending"),
      `the forms of one number are ${results.map((result) => textOf(result["status"])).join(", ")}`,
    );
    const requests = await world.store.transaction((tx) => tx.requests.forRun(run.id));
    must(requests.length === 1, "one number made several requests");
    return {
      recorded: [
        [`run:${run.id}`, "tool.refused"],
        [`run:${run.id}`, "tool.repeated"],
      ],
      shown: [{ where: "card", id: requests[0]?.id ?? "", text: new RegExp(`number\\\\":${run.issue}`, "u") }],
    };
  },
  "D-71": async (world) => {
    const [composed, decomposed] = ["run:vision-\u00e9", "run:vision-e\u0301"];
    const digests = new Set<string>();
    let last = "";
    for (const label of [composed, decomposed]) {
      const run = await world.newRun();
      const result = await world.call(run, "github_request_label", { number: run.issue, add: [label], remove: [], reason: "done" });
      must(result["status"] === "pending", `${label} was ${textOf(result["status"])}`);
      const request = await world.requestOf(run);
      must((request.arguments["add"] as readonly string[])[0] === label, "a name was normalised on the way");
      digests.add(request.digest);
      last = request.id;
    }
    must(digests.size === 2, "two names have one digest");
    return { recorded: [[`request:${last}`, "decision.requested"]], shown: [{ where: "card", id: last, text: /run:vision-e/u }] };
  },
  "D-72": async (world) => {
    const run = await world.newRun();
    for (const body of ['"a\\ud800"', '"\\udc00b"', '"a\\u0000b"']) {
      const result = await world.rawCall(run, "github_comment", `{"number":${run.issue},"body":${body}}`);
      must(result["status"] === "refused", `${body} was ${textOf(result["status"])}`);
    }
    return { recorded: [[`run:${run.id}`, "tool.refused"]], shown: [{ where: "run", id: run.id, text: /must be well-formed text/u }] };
  },
  "D-73": async (world) => {
    const run = await world.newRun();
    const plain = `"number":${run.issue},${asks('"idea"')}`;
    for (const member of ['"__proto__":{"add":["run:vision"]}', '"constructor":{"prototype":{"outcome":"auto"}}', '"prototype":1'])
      must((await world.rawCall(run, "github_request_label", `{${plain},${member}}`))["status"] === "refused", `${member} was taken`);
    must(({} as Record<string, unknown>)["outcome"] === undefined, "a prototype was touched");
    return { recorded: [[`run:${run.id}`, "tool.refused"]], shown: [{ where: "run", id: run.id, text: /are not valid/u }] };
  },
  "D-74": async (world) => {
    const { run, request } = await waiting(world);
    const reordered = `{"reason":"done","remove":["run:intake"],"add":["run:vision"],"number":${run.issue}}`;
    must((await world.rawCall(run, "github_request_label", reordered))["status"] === "pending", "the same call is another one");
    must((await world.requestOf(run)).id === request.id, "the same call made a second request");
    return { recorded: [[`run:${run.id}`, "tool.repeated"]], shown: [{ where: "run", id: run.id, text: /"repeats":1/u }] };
  },
  "D-75": async (world) => {
    const run = await world.newRun();
    const deep = "[".repeat(50_000) + "]".repeat(50_000);
    const result = await world.rawCall(run, "github_comment", `{"number":${run.issue},"body":${deep}}`);
    must(result["status"] === "refused", `it was ${textOf(result["status"])}`);
    const flow = await world.rawCall(run, "kb_flow_event_append", `{"type":"note","payload":{"a":${"[".repeat(10)}${"]".repeat(10)}}}`);
    must(flow["status"] === "refused", "a nested payload was taken");
    return { recorded: [[`run:${run.id}`, "tool.refused"]], shown: [{ where: "run", id: run.id, text: /are not valid/u }] };
  },
};
