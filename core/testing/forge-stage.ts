import { expect } from "vitest";
import type { Check } from "../domain/check/check.ts";
import type { BranchName, CommitSha, Instant, RepositoryName } from "../domain/kernel/values.ts";
import type { Forge } from "../ports/forge.ts";
import { InfrastructureError, type InfrastructureErrorCode } from "../ports/infrastructure-error.ts";

/** A fresh forge for one test, with the means to change it behind the port's back. */
export interface ForgeStage {
  /** A private repository with `main`, on which `bot` may write, `reviewer` maintains and `owner` is admin. */
  readonly repository: RepositoryName;
  /** The same forge seen by each identity. `stranger` has an account and no rights; `intruder` has a credential that nobody knows. */
  readonly as: { readonly owner: Forge; readonly bot: Forge; readonly reviewer: Forge; readonly stranger: Forge; readonly intruder: Forge };
  readonly logins: { readonly owner: string; readonly bot: string; readonly reviewer: string; readonly stranger: string };
  /** Commits these files on top of `branch` (made from `main` when new) and pushes. */
  push(branch: string, files: Readonly<Record<string, string>>): Promise<CommitSha>;
  /** What the forge's repository or its organisation has as variables. */
  setVariables(scope: "repository" | "organization", variables: Readonly<Record<string, string>>): Promise<void>;
  resolveThread(threadId: string): Promise<void>;
  /** CI says something of a commit: as a check run, of which the same name is another attempt, or as a commit status. The reporter is the bot unless another one is given. */
  reportCheck(kind: "run" | "status", commit: CommitSha, check: Check, reporter?: "bot" | "reviewer"): Promise<void>;
  /** An address where deliveries arrive; `answer` is what it says to each. */
  receiver(answer: () => number): Promise<{ readonly url: string; readonly received: readonly { readonly event: string; readonly guid: string }[] }>;
  /** Resolves once everything that was to be delivered was tried. */
  deliveriesSettled(): Promise<void>;
  /** Reads that were answered from the cache after the forge said "not modified", so far. */
  revalidations(): number;
  /** Lets time pass for the forge. */
  advance(milliseconds: number): Promise<void>;
  now(): Instant;
}

/** The error of a call that must fail. */
export async function failure(promise: Promise<unknown>): Promise<InfrastructureError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(InfrastructureError);
  return outcome as InfrastructureError;
}

/** Expects a call to fail with `code`, with a cause for us and a remedy for the owner. */
export async function expectCode(promise: Promise<unknown>, code: InfrastructureErrorCode): Promise<void> {
  const error = await failure(promise);
  expect({ code: error.code, remedy: typeof error.remedy, cause: error.cause !== undefined }, error.message).toEqual({ code, remedy: "string", cause: true });
}

/** A pull request of the bot that adds a file of three lines. */
export async function openPull(stage: ForgeStage, branch = "feature"): Promise<{ number: number; head: CommitSha }> {
  const head = await stage.push(branch, { "notes.md": "one\ntwo\nthree\n" });
  const pull = await stage.as.bot.createPull(stage.repository, { title: "Notes", body: "Adds notes", head: branch as BranchName, base: "main" as BranchName });
  return { number: pull.number, head };
}

/** Makes things one after another, so that their order is known. */
export async function inTurn<T>(count: number, make: (index: number) => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  for (let index = 0; index < count; index++) made.push(await make(index));
  return made;
}
