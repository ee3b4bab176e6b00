import { afterEach, describe, expect, it } from "vitest";
import { createScriptedModel, type ScriptedModel, type ScriptedModelOptions } from "./scripted-model.ts";

const open: ScriptedModel[] = [];
afterEach(async () => {
  for (const model of open.splice(0)) await model.close();
});

async function start(options: ScriptedModelOptions = {}): Promise<ScriptedModel> {
  const model = await createScriptedModel(options);
  open.push(model);
  return model;
}

const ask = (model: ScriptedModel, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${model.baseUrl}/responses`, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
const request = (change: object = {}): string => JSON.stringify({ model: "scripted-1", input: [{ role: "user", content: "hello" }], ...change });

interface Answer {
  readonly id: string;
  readonly output: readonly { readonly type: string; readonly call_id?: string }[];
  readonly usage: { readonly input_tokens: number; readonly input_tokens_details: { readonly cached_tokens: number }; readonly output_tokens: number };
}

describe("the scripted model's server", () => {
  it("streams the events of the Responses API in their order", async () => {
    const model = await start({ decide: () => ({ type: "call", name: "exec_command", namespace: undefined, arguments: { cmd: "ls" } }) });
    const text = await (await ask(model, request({ stream: true }))).text();
    expect([...text.matchAll(/^event: (.+)$/gm)].map((match) => match[1])).toEqual([
      "response.created",
      "response.output_item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.output_item.done",
      "response.completed",
    ]);
  });

  it("answers the same request alike and another one with other ids, and counts more tokens for more text", async () => {
    const model = await start({ decide: () => ({ type: "call", name: "owner_ask", namespace: "mcp__signalbox", arguments: {} }) });
    const get = async (change: object): Promise<Answer> => (await (await ask(model, request({ stream: false, ...change }))).json()) as Answer;
    const [first, same] = [await get({}), await get({})];
    const history = [
      { role: "user", content: "hello ".repeat(500) },
      { role: "assistant", content: "a" },
      { role: "user", content: "b" },
    ];
    const longer = await get({ input: history });
    expect(same).toEqual(first);
    expect(longer.output[0]?.call_id).not.toBe(first.output[0]?.call_id);
    expect(longer.usage.input_tokens).toBeGreaterThan(first.usage.input_tokens + 500);
    expect(longer.usage.input_tokens_details.cached_tokens).toBeGreaterThan(500);
  });

  it("says what it has, and refuses what it has not", async () => {
    const model = await start({ apiKey: "key" });
    const key = { authorization: "Bearer key" };
    expect(await (await fetch(`${model.baseUrl}/models`, { headers: key })).json()).toMatchObject({ data: [{ id: "scripted-1" }] });
    expect((await ask(model, request())).status).toBe(401);
    expect((await ask(model, "{", key)).status).toBe(400);
    expect((await ask(model, "[]", key)).status).toBe(400);
    expect((await fetch(`${model.baseUrl}/responses`, { headers: key })).status).toBe(405);
    expect((await fetch(`${model.baseUrl}/embeddings`, { method: "POST", headers: key })).status).toBe(404);
  });

  it("waits on its clock before it answers", async () => {
    const waits: { milliseconds: number; run: () => void }[] = [];
    const due = Promise.withResolvers<undefined>();
    const clock = {
      after: (milliseconds: number, run: () => void): (() => void) => {
        waits.push({ milliseconds, run });
        due.resolve(undefined);
        return () => undefined;
      },
    };
    const model = await start({ latency: 300, clock });
    const answer = ask(model, request({ stream: false }));
    await due.promise;
    expect(waits.map((wait) => wait.milliseconds)).toEqual([300]);
    waits[0]?.run();
    expect((await answer).status).toBe(200);
  });

  it("says when its port is taken", async () => {
    const model = await start();
    await expect(createScriptedModel({ port: model.port })).rejects.toMatchObject({ code: "busy" });
  });
});
