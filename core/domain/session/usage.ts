/** Token counts of one turn or of several. `cachedInputTokens` is part of `inputTokens`, `reasoningTokens` of `outputTokens`, as the model's API counts them. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

export const noUsage: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };

/** US dollars per million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

/** Prices by model as they were known at a day. A longer name that begins with an entry's and a hyphen (a dated snapshot) has that entry's price. */
export interface PriceTable {
  /** Goes with every figure that was made from it: the day it was written. */
  readonly version: string;
  readonly models: Readonly<Record<string, ModelPrice>>;
}

/** What a number of tokens may have cost. Never a bill: prices change, discounts differ. */
export interface CostEstimate {
  readonly estimate: true;
  /** US dollars. */
  readonly cost: number;
  readonly priceTable: string;
}

/** List prices; an installation may bring its own table. */
export const defaultPrices: PriceTable = {
  version: "2026-02-01",
  models: {
    "gpt-5.3-codex": { input: 1.75, cachedInput: 0.175, output: 14 },
    "gpt-5.2-codex": { input: 1.75, cachedInput: 0.175, output: 14 },
    "gpt-5.2": { input: 1.75, cachedInput: 0.175, output: 14 },
    "gpt-5.1-codex-max": { input: 1.25, cachedInput: 0.125, output: 10 },
    "gpt-5.1-codex-mini": { input: 0.25, cachedInput: 0.025, output: 2 },
    "gpt-5.1-codex": { input: 1.25, cachedInput: 0.125, output: 10 },
    "gpt-5.1": { input: 1.25, cachedInput: 0.125, output: 10 },
  },
};

/** All of them together. */
export function sumUsage(usages: Iterable<TokenUsage>): TokenUsage {
  let sum = noUsage;
  for (const usage of usages) {
    sum = {
      inputTokens: sum.inputTokens + usage.inputTokens,
      cachedInputTokens: sum.cachedInputTokens + usage.cachedInputTokens,
      outputTokens: sum.outputTokens + usage.outputTokens,
      reasoningTokens: sum.reasoningTokens + usage.reasoningTokens,
    };
  }
  return sum;
}

/** What came on top since an earlier reading of a counter that only rises. A counter that fell has begun anew: then all of it is new. */
export function usageSince(cumulative: TokenUsage, before: TokenUsage): TokenUsage {
  const restarted = (Object.keys(noUsage) as (keyof TokenUsage)[]).some((key) => cumulative[key] < before[key]);
  if (restarted) return cumulative;
  return {
    inputTokens: cumulative.inputTokens - before.inputTokens,
    cachedInputTokens: cumulative.cachedInputTokens - before.cachedInputTokens,
    outputTokens: cumulative.outputTokens - before.outputTokens,
    reasoningTokens: cumulative.reasoningTokens - before.reasoningTokens,
  };
}

/** Input and output; cached and reasoning tokens are inside these. */
export function totalTokens(usage: TokenUsage): number {
  return usage.inputTokens + usage.outputTokens;
}

/** An estimate for a model whose price is known; undefined, and not zero, for any other. */
export function estimateCost(usage: TokenUsage, model: string, prices: PriceTable = defaultPrices): CostEstimate | undefined {
  const price = priceOf(model, prices);
  if (!price) return undefined;
  const cached = Math.min(usage.cachedInputTokens, usage.inputTokens);
  const dollars = (usage.inputTokens - cached) * price.input + cached * price.cachedInput + usage.outputTokens * price.output;
  return { estimate: true, cost: dollars / 1_000_000, priceTable: prices.version };
}

function priceOf(model: string, { models }: PriceTable): ModelPrice | undefined {
  const name = model.toLowerCase();
  if (Object.hasOwn(models, name)) return models[name];
  // `gpt-5.1-codex` is no snapshot of `gpt-5.1`: only a date may follow.
  const [snapshotOf] = Object.keys(models).filter((known) => name.startsWith(`${known}-`) && /^\d{4}-\d{2}-\d{2}$/.test(name.slice(known.length + 1)));
  return snapshotOf === undefined ? undefined : models[snapshotOf];
}
