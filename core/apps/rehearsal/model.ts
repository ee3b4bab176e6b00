import { createScriptedModel, scriptedModelName, type ScriptedModel } from "../../adapters/scripted-model/scripted-model.ts";
import { z } from "zod";
import type { ModelEndpoint } from "../../contract/runner.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

const settings = z.object({ SIGNALBOX_MODEL_URL: z.url(), SIGNALBOX_MODEL_KEY: z.string().min(1), SIGNALBOX_MODEL_NAME: z.string().min(1) });

export interface RehearsalModel {
  readonly endpoint: ModelEndpoint;
  close(): Promise<void>;
}

/** The scripted model, or a real one when its address, key and name are in the environment: then the scripted one steps aside. */
export async function openModel(env: NodeJS.ProcessEnv, newKey: () => string): Promise<RehearsalModel> {
  const asked = ["SIGNALBOX_MODEL_URL", "SIGNALBOX_MODEL_KEY", "SIGNALBOX_MODEL_NAME"].some((name) => env[name] !== undefined);
  if (asked) {
    const parsed = settings.safeParse(env);
    if (!parsed.success) {
      throw new InfrastructureError(
        "invalid-response",
        `a real model needs its address, key and name; not right: ${parsed.error.issues.map((issue) => issue.path.join(".")).join(", ")}`,
        {
          remedy: "Set SIGNALBOX_MODEL_URL, SIGNALBOX_MODEL_KEY and SIGNALBOX_MODEL_NAME, or none of them for the scripted model.",
        },
      );
    }
    const { SIGNALBOX_MODEL_URL: baseUrl, SIGNALBOX_MODEL_KEY: apiKey, SIGNALBOX_MODEL_NAME: name } = parsed.data;
    return { endpoint: { baseUrl, apiKey, name }, close: () => Promise.resolve() };
  }
  const apiKey = newKey();
  const model: ScriptedModel = await createScriptedModel({ apiKey });
  return { endpoint: { baseUrl: model.baseUrl, apiKey, name: scriptedModelName }, close: () => model.close() };
}
