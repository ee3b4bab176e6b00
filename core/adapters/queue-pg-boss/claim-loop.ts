/** A job as it was claimed. The two together name the claim: every claim raises `retryCount`. */
export interface ClaimedJob<Data> {
  readonly id: string;
  readonly retryCount: number;
  readonly data: Data;
}

/** What the loop needs of the queue. A settlement or a touch of a claim that another worker holds by now changes nothing. */
export interface ClaimSource<Data> {
  claim(limit: number): Promise<readonly ClaimedJob<Data>[]>;
  complete(jobs: readonly ClaimedJob<Data>[]): Promise<void>;
  fail(job: ClaimedJob<Data>, error: unknown): Promise<void>;
  /** Says that these claims are still worked on. */
  touch(jobs: readonly ClaimedJob<Data>[]): Promise<void>;
}

export interface ClaimLoopOptions<Data> {
  readonly source: ClaimSource<Data>;
  /** Jobs under way at the same time. */
  readonly concurrency: number;
  readonly handle: (data: Data) => Promise<void>;
  /** Told about failed jobs, and about failed calls of the source; the loop goes on. */
  readonly onError: (error: unknown) => void;
  readonly pollEvery: number;
  /** Milliseconds without a notice and without a job after which the source is asked less often; absent where it is always asked as often. */
  readonly rest?: { readonly after: number; readonly pollEvery: number } | undefined;
  /** Milliseconds; well below what the source waits before it gives a silent worker's job away. */
  readonly touchEvery: number;
  /** Milliseconds after which a handler is given up: its job fails, and its place is free. */
  readonly giveUpAfter: number;
}

export interface ClaimLoop {
  /** There may be jobs. */
  wake(): void;
  /** Claims nothing more, and resolves when what is under way has been settled, or after `patience` milliseconds: what then remains falls silent and comes again. */
  stop(patience: number): Promise<void>;
}

type Settlement<Data> = { readonly job: ClaimedJob<Data>; readonly error?: { readonly reason: unknown } };

/**
 * Keeps `concurrency` jobs of a kind under way. It claims as many at once as it has places free, and claims again at once for as long as there are any; jobs that are finished
 * while a settlement is being stored are settled together by the next one. So a busy queue costs few statements, and yet every job succeeds or fails alone, and a slow one
 * holds up nothing but its own place. A job's place is free when its handler has ended, and its claim is held until its settlement is stored.
 */
export function startClaimLoop<Data>(options: ClaimLoopOptions<Data>): ClaimLoop {
  const { source, concurrency, handle, onError } = options;
  const working = new Set<ClaimedJob<Data>>();
  const idle = createSignal();
  const held = holdClaims(options, () => quiet() && idle.give());
  let wanted = true;
  let claiming = false;
  let stopped = false;
  const quiet = (): boolean => stopped && !claiming && held.count() === 0;

  async function claim(): Promise<void> {
    if (claiming || stopped) return;
    claiming = true;
    try {
      while (wanted && !stopped && working.size < concurrency) {
        // All that end in this turn of the event loop leave their places to one claim.
        await Promise.resolve();
        const free = concurrency - working.size;
        wanted = false;
        const jobs = await source.claim(free);
        // A full net: there may be more. A notice that came meanwhile has set it as well.
        if (jobs.length === free) wanted = true;
        if (jobs.length > 0) polls.stir();
        for (const job of jobs) void work(job);
      }
    } catch (error) {
      onError(error); // the next poll tries again
    } finally {
      claiming = false;
      if (quiet()) idle.give();
    }
  }

  async function work(job: ClaimedJob<Data>): Promise<void> {
    held.hold(job);
    working.add(job);
    try {
      await handle(job.data);
      end({ job });
    } catch (reason) {
      onError(reason);
      end({ job, error: { reason } });
    }
  }

  /** A handler that was given up ends here for a second time, which changes nothing any more. */
  function end(settlement: Settlement<Data>): void {
    if (!working.delete(settlement.job)) return;
    held.settle(settlement);
    void claim();
  }

  function look(): void {
    wanted = true;
    held.settle();
    void claim();
  }

  const polls = startPolls(options, () => held.count() > 0, look);
  const heartbeat = setInterval(() => {
    for (const job of held.olderThan(options.giveUpAfter))
      end({ job, error: { reason: new Error(`The handler did not end within ${options.giveUpAfter} ms.`) } });
    held.touch();
  }, options.touchEvery);

  void claim();
  return {
    wake: () => (polls.stir(), look()),
    async stop(patience) {
      stopped = true;
      const deadline = AbortSignal.timeout(patience);
      if (!quiet()) await Promise.race([idle.given, new Promise((resolve) => deadline.addEventListener("abort", resolve))]);
      polls.stop();
      clearInterval(heartbeat);
    },
  };
}

/** Polls until it is stopped: less often once nothing has stirred, and nothing was held, for a while. */
function startPolls(
  { pollEvery, rest }: Pick<ClaimLoopOptions<never>, "pollEvery" | "rest">,
  isBusy: () => boolean,
  poll: () => void,
): { stir(): void; stop(): void } {
  let stirred = performance.now();
  let polled = stirred;
  const timer = setInterval(() => {
    const now = performance.now();
    if (isBusy()) stirred = now;
    if (rest !== undefined && now - stirred > rest.after && now - polled < rest.pollEvery) return;
    polled = now;
    poll();
  }, pollEvery);
  return { stir: () => void (stirred = performance.now()), stop: () => clearInterval(timer) };
}

interface HeldClaims<Data> {
  hold(job: ClaimedJob<Data>): void;
  count(): number;
  olderThan(milliseconds: number): readonly ClaimedJob<Data>[];
  touch(): void;
  /** Stores this settlement, and whatever could not be stored before. */
  settle(settlement?: Settlement<Data>): void;
}

/** The claims that are ours, from the claim until its settlement is stored. */
function holdClaims<Data>({ source, onError }: Pick<ClaimLoopOptions<Data>, "source" | "onError">, onSettled: () => void): HeldClaims<Data> {
  const since = new Map<ClaimedJob<Data>, number>();
  const finished: Settlement<Data>[] = [];
  let settling = false;

  async function settleAll(): Promise<void> {
    if (settling) return;
    settling = true;
    // All that end in this turn of the event loop go together.
    await Promise.resolve();
    while (finished.length > 0) {
      const batch = finished.splice(0);
      try {
        await store(batch);
        for (const { job } of batch) since.delete(job);
      } catch (error) {
        // Kept and touched, so that work that is done is not done again only because the database was away for a moment.
        finished.unshift(...batch);
        onError(error);
        break;
      }
    }
    settling = false;
    onSettled();
  }

  async function store(batch: readonly Settlement<Data>[]): Promise<void> {
    const done = batch.filter((one) => !one.error).map((one) => one.job);
    if (done.length > 0) await source.complete(done);
    for (const { job, error } of batch) if (error) await source.fail(job, error.reason);
  }

  return {
    hold: (job) => void since.set(job, performance.now()),
    count: () => since.size,
    olderThan: (milliseconds) => [...since].flatMap(([job, from]) => (performance.now() - from > milliseconds ? [job] : [])),
    touch() {
      if (since.size > 0) source.touch([...since.keys()]).catch(onError);
    },
    settle(settlement) {
      if (settlement) finished.push(settlement);
      if (finished.length > 0) void settleAll();
    },
  };
}

function createSignal(): { readonly given: Promise<void>; give(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { given: promise, give: resolve };
}
