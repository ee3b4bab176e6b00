import { counted, fail, listed, pass, warn, type NamedCheck, type Outcome } from "../../../usecases/check-outcome.ts";

interface ChainPoint {
  readonly sequence: number;
  readonly hash: string;
}

/** What the database says about itself: the chain, effects that gave up, runs without a process. */
export interface RecordProbes {
  /** The chain's newest event, the newest anchor kept outside the database, and what the chain holds at the anchor's place. */
  readonly chain: () => Promise<{ readonly head?: ChainPoint | undefined; readonly anchor?: ChainPoint | undefined; readonly atAnchor?: string | undefined }>;
  readonly givenUpEffects: () => Promise<readonly { readonly type: string; readonly error?: string | undefined }[]>;
  /** Runs that ought to have a living process and have none. */
  readonly lostRuns: () => Promise<readonly { readonly runId: string; readonly attempt: number; readonly why: string }[]>;
}

export function recordChecks(probes: RecordProbes): readonly NamedCheck[] {
  return [
    { id: "audit", title: "Audit chain", look: async () => chain(await probes.chain()) },
    { id: "effects", title: "Effects", look: async () => effects(await probes.givenUpEffects()) },
    { id: "runs", title: "Runs", look: async () => runs(await probes.lostRuns()) },
  ];
}

function chain({ head, anchor, atAnchor }: Awaited<ReturnType<RecordProbes["chain"]>>): Outcome {
  const remedy = "Run signalbox audit verify, keep a copy of the workspace, and find out who changed the database.";
  if (!anchor)
    return head
      ? warn(
          `event ${head.sequence} is the newest, and no anchor outside the database confirms it`,
          "Run signalbox audit verify: it writes an anchor when everything is right.",
        )
      : pass("empty");
  if (!head || head.sequence < anchor.sequence)
    return fail(`the chain ends at event ${head?.sequence ?? 0}, and an anchor outside the database has event ${anchor.sequence}: events were removed`, remedy);
  if (atAnchor !== anchor.hash) return fail(`event ${anchor.sequence} is not the one that was anchored outside the database: the record was rewritten`, remedy);
  return pass(`${counted(head.sequence, "event")}, confirmed up to ${anchor.sequence} by the anchor`);
}

function effects(givenUp: Awaited<ReturnType<RecordProbes["givenUpEffects"]>>): Outcome {
  if (givenUp.length === 0) return pass("none has been given up");
  const named = givenUp.map((effect) => `${effect.type}${effect.error === undefined ? "" : ` (${effect.error})`}`);
  return warn(
    `${counted(givenUp.length, "effect")} given up: ${listed(named)}`,
    "Mend the cause, then cancel the run or start its stage again; signalbox runs show ID has the details.",
  );
}

function runs(lost: Awaited<ReturnType<RecordProbes["lostRuns"]>>): Outcome {
  if (lost.length === 0) return pass("every active run has its process or waits without one");
  const named = lost.map((run) => `${run.runId} attempt ${run.attempt}: ${run.why}`);
  return warn(
    `${counted(lost.length, "run")} without a process: ${listed(named)}`,
    "A running workspace starts them again by itself within a minute; if none runs, signalbox start does.",
  );
}
