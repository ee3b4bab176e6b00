import { createScriptedModel, type ScriptedModelOptions } from "../../core/adapters/scripted-model/scripted-model.ts";
import { untilAbandoned } from "./processes.ts";

/** The scripted model in a process of its own, with another brain where one is named (a module that exports `decide`). */
const { MODEL_KEY = "", BRAIN } = process.env;
const brain = BRAIN === undefined ? undefined : ((await import(BRAIN)) as Pick<ScriptedModelOptions, "decide">).decide;

const model = await createScriptedModel({ apiKey: MODEL_KEY, decide: brain });
console.log(JSON.stringify({ baseUrl: model.baseUrl }));
await untilAbandoned();
await model.close();
