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

interface Held<Data> {
  readonly job: ClaimedJob<Data>;
  readonly since: number;
}

type Settlement<Data> = { readonly job: ClaimedJob<Data>; readonly error?: { readonly reason: unknown } };

/**
 * Keeps `concurrency` jobs of a kind under way. It claims as many at once as it has places free, and claims again at once for as long as there are any; jobs that are finished
 * while a settlement is being stored are settled together by the next one. So a busy queue costs few statements, and yet every job succeeds or fails alone, and a slow one
 * holds up nothing but its own place. A job's place is free when its handler has ended, and its claim is held until its settlement is stored.
 */
export function startClaimLoop<Data>(options: ClaimLoopOptions<Data>): ClaimLoop {
  const { source, concurrency, handle, onError } = options;
  const held = new Map<ClaimedJob<Data>, Held<Data>>();
  const working = new Set<ClaimedJob<Data>>();
  const finished: Settlement<Data>[] = [];
  const idle = createSignal();
  let wanted = true;
  let claiming = false;
  let settling = false;
  let stopped = false;

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
    held.set(job, { job, since: performance.now() });
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
    finished.push(settlement);
    void settle();
    void claim();
  }

  async function settle(): Promise<void> {
    if (settling) return;
    settling = true;
    await Promise.resolve();
    while (finished.length > 0) {
      const batch = finished.splice(0);
      try {
        await store(batch);
        for (const { job } of batch) held.delete(job);
      } catch (error) {
        // Kept and touched, so that work that is done is not done again only because the database was away for a moment.
        finished.unshift(...batch);
        onError(error);
        break;
      }
    }
    settling = false;
    if (quiet()) idle.give();
  }

  async function store(batch: readonly Settlement<Data>[]): Promise<void> {
    const done = batch.filter((one) => !one.error).map((one) => one.job);
    if (done.length > 0) await source.complete(done);
    for (const { job, error } of batch) if (error) await source.fail(job, error.reason);
  }

  const quiet = (): boolean => stopped && !claiming && held.size === 0;

  const poll = setInterval(() => {
    wanted = true;
    void claim();
    if (finished.length > 0) void settle();
  }, options.pollEvery);

  const heartbeat = setInterval(() => {
    const now = performance.now();
    for (const { job, since } of held.values()) {
      if (now - since > options.giveUpAfter) end({ job, error: { reason: new Error(`The handler did not end within ${options.giveUpAfter} ms.`) } });
    }
    if (held.size > 0) source.touch([...held.keys()]).catch(onError);
  }, options.touchEvery);

  void claim();
  return {
    wake() {
      wanted = true;
      void claim();
    },
    async stop(patience) {
      stopped = true;
      const deadline = AbortSignal.timeout(patience);
      if (!quiet()) await Promise.race([idle.given, new Promise((resolve) => deadline.addEventListener("abort", resolve))]);
      clearInterval(poll);
      clearInterval(heartbeat);
    },
  };
}

function createSignal(): { readonly given: Promise<void>; give(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { given: promise, give: resolve };
}
