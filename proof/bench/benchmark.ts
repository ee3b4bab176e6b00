/**
 * What a benchmark is. Ours and its partner are prepared once, measured alternately in the same run (one warm-up round, then five), and compared round by round.
 * A benchmark is listed in `benchmarks.ts`; `main.ts` runs it, judges it against its limits, and draws its picture.
 */
export interface Benchmark {
  /** kebab-case; also the name of the picture. */
  readonly id: string;
  /** What is measured, in a few words, without the result. */
  readonly title: string;
  /** How it is measured: sizes, connections, what counts as done. Markdown, a paragraph. */
  readonly method: string;
  /** Every key that the samples may have. */
  readonly figures: readonly Figure[];
  readonly limits: readonly Limit[];
  readonly ours: Contestant;
  /** What others use for the same. Absent only for a reason that can be written down. */
  readonly partner: Contestant | { readonly absent: string };
  /** What the partner does not do, or does besides: what a reader has to know before comparing. Markdown. */
  readonly difference?: string | undefined;
  readonly chart: Chart;
  /** The finding in one sentence, the title of the picture: "8-KB deliveries: 2,400 stored per second, 3.1 times probot". */
  readonly finding: (results: Results) => string;
  /** Where it misses its figure: why, and what was tried. Markdown. */
  readonly why?: string | undefined;
  readonly tried?: string | undefined;
  /** Where five rounds cannot be had (an hour of load): fewer, and why. */
  readonly rounds?: { readonly count: number; readonly because: string } | undefined;
}

export interface Figure {
  readonly key: string;
  readonly label: string;
  /** `/s`, `ms`, `MB`, `%`, … or empty for a bare number. */
  readonly unit: string;
  readonly better: "higher" | "lower";
}

/** A figure of the acceptance: of our own median, or of the median of ours ÷ partner. */
export interface Limit {
  readonly figure: string;
  readonly of: "ours" | "ratio";
  readonly must: "at-least" | "at-most";
  readonly value: number;
}

export interface Contestant {
  readonly name: string;
  /** Sets up everything that is not measured. Called once per run of the benchmark. */
  prepare(bench: Bench): Promise<Prepared>;
}

export interface Prepared {
  /** One round: a value for each figure it can give. `series` are lines of a chart; the middle round's are drawn. */
  measure(round: Round): Promise<Sample>;
  /** Ends whatever `prepare` began, also after a failure. */
  close(): Promise<void>;
}

/** What a benchmark finds when it is prepared. */
export interface Bench {
  /** Small sizes: shows that everything works, and proves no figure. */
  readonly quick: boolean;
  /** A PostgreSQL that writes through to the disk as in earnest; databases come from core/testing/databases.ts. */
  readonly postgresUrl: string;
  /** Says on the terminal what is under way. */
  say(line: string): void;
}

export interface Round {
  /** 0 is the warm-up. */
  readonly number: number;
}

export interface Sample {
  readonly figures: Readonly<Record<string, number>>;
  readonly series?: readonly Series[] | undefined;
}

export interface Series {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export type Chart =
  /** A bar for ours and one for the partner per figure, with the single rounds as dots and the limits as lines. */
  | { readonly kind: "bars"; readonly figures: readonly string[] }
  /** The series of ours, and of the partner if it has any, each labelled at its end. `limit` is a horizontal line. */
  | {
      readonly kind: "lines";
      readonly x: Axis;
      readonly y: Axis;
      readonly limit?: { readonly value: number; readonly label: string } | undefined;
    };

export interface Axis {
  readonly label: string;
  readonly scale: "linear" | "log";
}

/** What a run of a benchmark gave. */
export interface Results {
  readonly ours: Measured;
  readonly partner?: Measured | undefined;
  /** Median over the rounds of ours ÷ partner, per figure that both have. */
  readonly ratio: Readonly<Record<string, number>>;
}

export interface Measured {
  readonly name: string;
  /** Per figure: the median, and each round's value in order. */
  readonly median: Readonly<Record<string, number>>;
  readonly rounds: Readonly<Record<string, readonly number[]>>;
  readonly series: readonly Series[];
}
