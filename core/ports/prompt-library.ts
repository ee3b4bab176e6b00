import type { Role, StageName, StageVariant } from "../domain/stage/stage.ts";

/** The standing texts that a stage prompt is composed of. They are files in core/prompts, so that a self-improve run can change them by pull request. */
export interface PromptLibrary {
  /** The rules that hold in every run: turns, tools, limits, when to ask. */
  rules(): string;
  role(role: Role): string;
  /** The stage's own text. A stage without a text of its own for `revise` gets the one for `work`. */
  stage(stage: StageName, variant: StageVariant): string;
}
