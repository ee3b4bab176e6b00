import type { ORPCError } from "@orpc/server";
import type { Clock } from "../../../ports/clock.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import { asContractError } from "../failures.ts";
import { contract } from "../implementer.ts";
import { copiedAnswer } from "./answers.ts";
import type { CopiedAnswer } from "./copied-answer.ts";
import type { CopyAccess } from "./offline.ts";
import { passing } from "./passing.ts";

interface Reading {
  readonly access: CopyAccess;
  readonly clock: Clock;
}

/** Milliseconds after which something other than the database that did not answer (the forge) is asked again. */
const pause = 5_000;

/**
 * The contract, read through the copy: what is answered is noted there, and what cannot be answered because the database (or the forge) is away is answered from there, with its age. Streams go
 * on through an absence: first with what the copy has, then with what is new as soon as it can be had again. What changes something is passed on as it is.
 */
export function readThrough(reading: Reading): typeof contract {
  const { access, clock } = reading;
  const noted = new Map<string, number>();
  /** Whether it is time to note the answer to this question again. */
  const isDue = (path: readonly string[], input: unknown, rest: number | undefined): boolean => {
    if (rest === undefined) return true;
    const question = JSON.stringify([path, input]);
    const now = clock.now();
    if (now - (noted.get(question) ?? -Infinity) < rest) return false;
    noted.set(question, now);
    return true;
  };
  return contract.use(async ({ next, path, signal }, input) => {
    const answer = copiedAnswer(path);
    if (!answer) {
      const result = await next();
      return isStream(result.output) ? { ...result, output: heldBack(access, result.output, signal) } : result;
    }
    const keep = (output: unknown): void => {
      if (answer.keep && isDue(path, inputOf(input), answer.rest)) access.note((copy) => answer.keep?.(copy, inputOf(input), output, clock.now()));
    };
    const live = async () => {
      const result = await next();
      if (!isStream(result.output)) keep(result.output);
      return result;
    };
    try {
      const result = await live();
      if (!isStream(result.output)) return result;
      const again = async (): Promise<AsyncIterable<unknown>> => (await next()).output as AsyncIterable<unknown>;
      return { ...result, output: throughAbsences(reading, { answer, path, input: inputOf(input), keep, signal, first: result.output, again }) };
    } catch (error) {
      if (!isAway(error)) throw error;
      const kept = keptAnswer(reading, answer, inputOf(input));
      if (kept === undefined) throw notInCopy(error);
      return { output: kept, context: {} };
    }
  });
}

interface Stream {
  readonly answer: CopiedAnswer<unknown, unknown>;
  readonly path: readonly string[];
  readonly input: unknown;
  readonly keep: (output: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly first: AsyncIterable<unknown>;
  /** Begins it anew. */
  readonly again: () => Promise<AsyncIterable<unknown>>;
}

/** What a stream says, and through an absence what the copy says once. What was said already is not said again. */
async function* throughAbsences(reading: Reading, stream: Stream): AsyncGenerator<unknown> {
  const { access, clock } = reading;
  const news = newsOf(stream.path);
  let source: AsyncIterable<unknown> | undefined = stream.first;
  while (!stream.signal?.aborted) {
    try {
      source ??= await stream.again();
      for await (const value of source) {
        stream.keep(value);
        const said = news(value);
        if (said !== undefined) yield said;
      }
      return;
    } catch (error) {
      if (stream.signal?.aborted || !isAway(error)) throw error;
      source = undefined;
      // The copy knows nothing younger than what was said.
      if (!news.hasSpoken()) {
        const kept = keptAnswer(reading, stream.answer, stream.input);
        if (kept === undefined) throw notInCopy(error);
        yield news(kept);
      }
    }
    if (access.link.state().phase === "away") await access.link.back(stream.signal);
    else await passing(clock, pause, stream.signal);
  }
}

/** A stream that is in no copy ends with its failure, but not before it makes sense to begin it anew. */
async function* heldBack(access: CopyAccess, source: AsyncIterable<unknown>, signal: AbortSignal | undefined): AsyncGenerator<unknown> {
  try {
    yield* source;
  } catch (error) {
    if (isAway(error)) await access.link.back(signal);
    throw error;
  }
}

interface News {
  /** The part of it that was not said before; undefined when all of it was. */
  (value: unknown): unknown;
  hasSpoken(): boolean;
}

/** Lists that are told by what changes in them: each message counts, and a stream that begins anew begins with all of it. */
const toldByChanges = ["inbox.watch", "board.watch", "runs.watchList"];

/** Transcripts come in pieces, each of them once, and the changes of a list one after the other; everything else comes whole, whenever it is another than before. */
function newsOf(path: readonly string[]): News {
  const name = path.join(".");
  let before: string | undefined;
  let cursor = { attempt: 0, sequence: -1 };
  const pieces = (value: unknown): unknown => {
    const piece = value as { readonly entries: readonly (typeof cursor)[] };
    const entries = piece.entries.filter(({ attempt, sequence }) => attempt > cursor.attempt || (attempt === cursor.attempt && sequence > cursor.sequence));
    const last = entries.at(-1);
    if (last) cursor = { attempt: last.attempt, sequence: last.sequence };
    const isFirst = before === undefined;
    before = "";
    return last || isFirst ? { ...piece, entries } : undefined;
  };
  const whole = (value: unknown): unknown => {
    const text = JSON.stringify(value, (key, field: unknown) => (key === "asOf" ? undefined : field));
    if (text === before) return undefined;
    before = text;
    return value;
  };
  const each = (value: unknown): unknown => {
    before = "";
    return value;
  };
  return Object.assign(name === "runs.follow" ? pieces : toldByChanges.includes(name) ? each : whole, { hasSpoken: () => before !== undefined });
}

function keptAnswer({ access, clock }: Reading, answer: CopiedAnswer<unknown, unknown>, input: unknown): unknown {
  const copy = access.copy();
  return copy && answer.kept(copy, input, clock.now());
}

/** No input is an empty one: all that can be left out of it is. */
function inputOf(input: unknown): unknown {
  return input ?? {};
}

function notInCopy(cause: unknown): ORPCError<string, unknown> {
  const { message } = asContractError(cause);
  const remedy = "It is not in the copy on this machine, because it was not read before. It comes as soon as the database answers.";
  return asContractError(new InfrastructureError("unavailable", message, { cause, remedy }));
}

/** Whoever was asked could not be reached: what they would have said is not known. */
export function isAway(error: unknown): boolean {
  const { code, data } = asContractError(error);
  return code === "UNAVAILABLE" && ["unavailable", "timeout", "rate-limited"].includes(String((data as { readonly code?: unknown } | undefined)?.code));
}

function isStream(output: unknown): output is AsyncIterable<unknown> {
  return typeof output === "object" && output !== null && Symbol.asyncIterator in output;
}
