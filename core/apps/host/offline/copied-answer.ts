import type { InferContractRouterInputs, InferContractRouterOutputs } from "@orpc/contract";
import type { z } from "zod";
import type { HostContract } from "../../../contract/index.ts";
import type { Instant, Json } from "../../../domain/kernel/values.ts";
import type { CopiedRecord, LocalCopy } from "../../../ports/local-copy.ts";

type Inputs = InferContractRouterInputs<HostContract>;
type Outputs = InferContractRouterOutputs<HostContract>;
/** Of a stream, what it emits. */
type Emitted<Output> = Output extends AsyncIteratorObject<infer Value, unknown, unknown> ? Value : Output;

/** How one procedure is answered without the database. */
export interface CopiedAnswer<Input, Output> {
  /** Notes what the database was just read to say; absent where another procedure's answer says as much. */
  readonly keep?: ((copy: LocalCopy, input: Input, answer: Output, readAt: Instant) => void) | undefined;
  /** Milliseconds between two notes of the same question at least, for what is large and read often. */
  readonly rest?: number | undefined;
  /** What the copy says `now`, where that matters; undefined when it is not in it. */
  readonly kept: (copy: LocalCopy, input: Input, now: Instant) => Output | undefined;
}

/** The procedures of one feature that can be answered without the database; all others need it. */
export type CopiedAnswers<Feature extends keyof HostContract> = {
  readonly [Name in keyof HostContract[Feature]]?: Name extends keyof Inputs[Feature] & keyof Outputs[Feature]
    ? CopiedAnswer<Inputs[Feature][Name], Emitted<Outputs[Feature][Name]>>
    : never;
};

/** What the contract has is JSON as it is; a property without a value is none. */
export function asJson(answer: unknown): Json {
  return JSON.parse(JSON.stringify(answer)) as Json;
}

/** The records that are what this version of the contract takes for one; others were kept by another version and are as good as not there. */
export function readAs<Schema extends z.ZodType>(schema: Schema, records: readonly CopiedRecord[]): readonly z.infer<Schema>[] {
  return records.flatMap(({ content }) => {
    const read = schema.safeParse(content);
    return read.success ? [read.data] : [];
  });
}

/** An answer that is kept as it is, under a name for each input. */
export function verbatim<Input, Schema extends z.ZodType>(schema: Schema, nameOf: (input: Input) => string): CopiedAnswer<Input, z.infer<Schema>> {
  return {
    keep: (copy, input, answer, readAt) => copy.put([{ kind: "verbatim", key: nameOf(input), rank: 0, content: asJson(answer) }], readAt),
    kept(copy, input) {
      const record = copy.get("verbatim", nameOf(input));
      return record && readAs(schema, [record])[0];
    },
  };
}
