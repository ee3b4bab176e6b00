import { describe, expect, it } from "vitest";
import type { Bench, Benchmark, Contestant } from "./benchmark.ts";
import { renderPage, markers } from "./page.ts";
import { drawPicture } from "./picture.ts";
import { compare, judge, median, quantile, summarise } from "./results.ts";
import { runBenchmark } from "./run-benchmark.ts";
import { showNumber, showValue } from "./words.ts";

const bench: Bench = { quick: true, postgresUrl: "postgres://nobody.test", say: () => undefined };

/** Gives the values in turn, and notes what is done with it. */
function contestant(name: string, rates: readonly number[], log: string[]): Contestant {
  return {
    name,
    async prepare() {
      log.push(`prepare ${name}`);
      return {
        async measure({ number }) {
          log.push(`${name} ${number}`);
          return { figures: { rate: rates[number] ?? Number.NaN }, series: [{ label: name, points: [{ x: 1, y: rates[number] ?? 0 }] }] };
        },
        close: async () => void log.push(`close ${name}`),
      };
    },
  };
}

function benchmark(ours: Contestant, partner: Benchmark["partner"], changes: Partial<Benchmark> = {}): Benchmark {
  return {
    id: "letters",
    title: "Letters",
    method: "Letters are counted.",
    figures: [{ key: "rate", label: "Letters", unit: "/s", better: "higher" }],
    limits: [
      { figure: "rate", of: "ours", must: "at-least", value: 100 },
      { figure: "rate", of: "ratio", must: "at-least", value: 2 },
    ],
    ours,
    partner,
    chart: { kind: "bars", figures: ["rate"] },
    finding: ({ ours: measured }) => `${measured.median["rate"] ?? 0} letters per second`,
    ...changes,
  };
}

describe("a benchmark", () => {
  it("prepares both sides once, measures them in turn, lets the other one begin in every second round, and ends both", async () => {
    const log: string[] = [];
    await runBenchmark(benchmark(contestant("ours", [1, 1, 1], log), contestant("theirs", [1, 1, 1], log)), bench, 2);

    expect(log).toStrictEqual([
      "prepare ours",
      "prepare theirs",
      "theirs 0",
      "ours 0",
      "ours 1",
      "theirs 1",
      "theirs 2",
      "ours 2",
      "close ours",
      "close theirs",
    ]);
  });

  it("leaves the warm-up out, and takes the median of the rounds and of their ratios", async () => {
    const results = await runBenchmark(benchmark(contestant("ours", [9, 100, 300, 200], []), contestant("theirs", [9, 100, 100, 50], [])), bench, 3);

    expect(results.ours).toMatchObject({ median: { rate: 200 }, rounds: { rate: [100, 300, 200] }, series: [{ points: [{ x: 1, y: 200 }] }] });
    expect(results.partner?.median).toStrictEqual({ rate: 100 });
    expect(results.ratio).toStrictEqual({ rate: 3 });
  });

  it("ends what it began when a round fails", async () => {
    const log: string[] = [];
    const failing: Contestant = {
      name: "failing",
      prepare: async () => ({
        measure: async () => await Promise.reject(new Error("no round")),
        close: async () => void log.push("close failing"),
      }),
    };

    await expect(runBenchmark(benchmark(contestant("ours", [1], log), failing), bench, 1)).rejects.toThrow("no round");
    expect(log).toStrictEqual(["prepare ours", "close ours", "close failing"]);
  });

  it("refuses a round that lacks a figure or gives no number", () => {
    expect(() => summarise("ours", [{ figures: { rate: 1 } }, { figures: {} }])).toThrow("rate");
    expect(() => summarise("ours", [{ figures: { rate: Number.NaN } }])).toThrow("rate");
  });

  it("runs without a partner for a reason that the page gives", async () => {
    const alone = benchmark(contestant("ours", [1, 150], []), { absent: "Nobody else counts letters." });
    const results = await runBenchmark(alone, bench, 1);

    expect(results.partner).toBeUndefined();
    expect(page(alone, results)).toContain("No partner: Nobody else counts letters.");
  });
});

describe("a limit", () => {
  const subject = benchmark(contestant("ours", [], []), contestant("theirs", [], []));
  const measured = (ours: number, theirs: number) =>
    compare(summarise("ours", [{ figures: { rate: ours } }]), summarise("theirs", [{ figures: { rate: theirs } }]));

  it("is met at its value, and says by how much it is missed", () => {
    expect(judge(subject, measured(100, 50)).map(({ met, missedBy }) => [met, missedBy])).toStrictEqual([
      [true, 0],
      [true, 0],
    ]);
    expect(judge(subject, measured(90, 60)).map(({ met, missedBy }) => [met, missedBy])).toStrictEqual([
      [false, 0.1],
      [false, 0.25],
    ]);
  });

  it("is missed when it was not measured", () => {
    expect(judge(subject, { ours: summarise("ours", []), ratio: {} }).map(({ met }) => met)).toStrictEqual([false, false]);
  });

  it("may be an upper one", () => {
    const upper = { ...subject, limits: [{ figure: "rate", of: "ours", must: "at-most", value: 100 }] } as const;
    expect(judge(upper, measured(100, 1))[0]?.met).toBe(true);
    expect(judge(upper, measured(150, 1))[0]).toMatchObject({ met: false, missedBy: 0.5 });
  });
});

describe("the middle and the tail", () => {
  it("are those of the sorted values", () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow("nothing");
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(quantile(hundred, 0.99)).toBe(99);
    expect(quantile(hundred, 0.5)).toBe(50);
    expect(quantile([7], 0.99)).toBe(7);
  });
});

describe("numbers", () => {
  it("are shown with as many digits as they are worth, and with their unit", () => {
    expect([2_412.3, 48.26, 0.09123, 0].map(showNumber)).toStrictEqual(["2,412", "48.3", "0.0912", "0"]);
    expect(showValue(2_000, { unit: "/s" })).toBe("2,000/s");
    expect(showValue(50, { unit: "ms" })).toBe("50 ms");
    expect(showValue(340, { unit: "" })).toBe("340");
  });
});

const machine = { cpu: "CPU", cores: 2, memory: "1 GiB", system: "Linux", node: "24", postgres: "18", codex: "0", sync: "1 ms", load: "0" };

function page(subject: Benchmark, results: Awaited<ReturnType<typeof runBenchmark>>): string {
  const entry = { on: "2026-01-01", machine, quick: false, rounds: 1, results };
  return renderPage(`By hand.\n\n${markers.begin}\nold\n${markers.end}\n\nAlso by hand.\n`, [{ benchmark: subject, entry }]);
}

describe("the page", () => {
  it("is written between its markers, and keeps what stands outside", async () => {
    const subject = benchmark(contestant("ours", [1, 150], []), contestant("theirs", [1, 100], []), { why: "Letters are heavy.", tried: "Lighter letters." });
    const text = page(subject, await runBenchmark(subject, bench, 1));

    expect(text).toMatch(/^By hand\.\n\n<!-- bench:begin/);
    expect(text).toMatch(/<!-- bench:end -->\n\nAlso by hand\.\n$/);
    expect(text).not.toContain("\nold\n");
    expect(text).toContain("![150 letters per second](benchmarks/letters.svg)");
    expect(text).toContain("| [Letters](#letters) | Letters | at least 100/s | 150/s | met |");
    expect(text).toContain("| [Letters](#letters) | Letters | at least 2 × theirs | 1.5 × | **missed by 25 %** |");
    expect(text).toContain(
      "**Misses its figure:** Letters, at least 2 × theirs: missed by 25 %.\n\n**Why.** Letters are heavy.\n\n**Tried.** Lighter letters.",
    );
  });

  it("gives no reason for a miss where there is none", async () => {
    const subject = benchmark(contestant("ours", [1, 250], []), contestant("theirs", [1, 100], []), { why: "Letters are heavy." });

    expect(page(subject, await runBenchmark(subject, bench, 1))).not.toContain("heavy");
  });

  it("is not written where its markers are gone", () => {
    expect(() => renderPage("By hand.", [])).toThrow("markers");
  });
});

describe("a picture", () => {
  it("is titled with the finding, names both sides, and draws each limit with what became of it", async () => {
    const subject = benchmark(contestant("ours", [1, 150], []), contestant("theirs", [1, 100], []));
    const svg = await drawPicture(subject, await runBenchmark(subject, bench, 1), "150 letters & more");

    expect(svg).toMatch(/^<svg role="img" aria-label="150 letters &amp; more"/);
    for (const text of ["ours", "theirs", "150/s", "at least 100/s: met", "at least 2 × theirs: missed by 25 %"]) expect(svg).toContain(`>${text}<`);
    expect(svg).toContain("#ffffff");
  });

  it("names every line at its end, and no two labels on top of each other", async () => {
    const line = (label: string) => ({ label, points: [1, 10, 100].map((x) => ({ x, y: 5 })) });
    const axes = { x: { label: "Runs", scale: "log" }, y: { label: "Time, ms", scale: "log" } } as const;
    const subject = benchmark(
      contestant("ours", [], []),
      { absent: "none" },
      { chart: { kind: "lines", ...axes, limit: { value: 9, label: "at most 9 ms" } } },
    );
    const svg = await drawPicture(subject, { ours: summarise("ours", [{ figures: {}, series: [line("first"), line("second")] }]), ratio: {} }, "Flat");

    const heights = ["first", "second"].map((label) => Number(new RegExp(`translate\\([\\d.]+,([\\d.-]+)\\)[^>]*>${label}<`).exec(svg)?.[1]));
    expect(Math.abs((heights[0] ?? 0) - (heights[1] ?? 0))).toBeGreaterThanOrEqual(12);
    expect(svg).toContain(">at most 9 ms<");
  });
});
