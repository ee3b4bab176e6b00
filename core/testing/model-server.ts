import { createScriptedModel, type ScriptedModel, type ScriptedModelOptions } from "../adapters/scripted-model/scripted-model.ts";

export type ModelServer = ScriptedModel;
/** What a model that is made for a test says to a conversation. */
export type Brain = NonNullable<ScriptedModelOptions["decide"]>;

/** For tests of other adapters: a model server on a free port, with a brain of the test's own or, without one, the brain of the rehearsal workspace. */
export function startModelServer(apiKey: string, decide?: Brain): Promise<ModelServer> {
  return createScriptedModel({ apiKey, decide });
}
