/** Strings that must not be mixed up. A brand costs nothing at run time and makes swapping two arguments a compile error. */
export type Brand<Name extends string> = string & { readonly __brand: Name };

export type RunId = Brand<"RunId">;
export type RequestId = Brand<"RequestId">;
export type PersonId = Brand<"PersonId">;
/** The forge's own id of one webhook delivery (a UUID for GitHub); a redelivery keeps it. */
export type DeliveryId = Brand<"DeliveryId">;
/** `owner/name`, as the forge spells it. */
export type RepositoryName = Brand<"RepositoryName">;
/** A branch without `refs/heads/`. */
export type BranchName = Brand<"BranchName">;
/** 40 lower-case hex digits. */
export type CommitSha = Brand<"CommitSha">;
/** Lower-case hex SHA-256, 64 characters. */
export type Digest = Brand<"Digest">;
/** The state of a target as it was shown: a commit, an issue's label set, an `updated_at`. Compared for equality only. */
export type TargetVersion = Brand<"TargetVersion">;
/** The id of a Codex thread; stays the same over park and resume. */
export type ThreadId = Brand<"ThreadId">;
/** Ties together everything that one trigger caused: delivery, run, tool calls, decisions, effects. */
export type CorrelationId = Brand<"CorrelationId">;

/** Milliseconds since the epoch, UTC. Always passed in; the domain never asks a clock. */
export type Instant = number & { readonly __brand: "Instant" };

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };
