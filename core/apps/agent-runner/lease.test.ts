import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { HeartbeatResponse } from "../../contract/runner.ts";
import { Fenced } from "./gateway-client.ts";
import { keepLease } from "./lease.ts";

describe("the runner's lease", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
  afterEach(() => void vi.useRealTimers());

  /** A lease of 30 seconds whose gateway answers with `heartbeat`. */
  const kept = (heartbeat: () => Promise<HeartbeatResponse>) => {
    const gateway = { heartbeat: vi.fn<() => Promise<HeartbeatResponse>>(heartbeat) };
    const lost: string[] = [];
    const end = keepLease(gateway, 30, (reason) => lost.push(reason));
    return { gateway, lost, end };
  };

  it("is renewed three times as often as it has to be", async () => {
    const { gateway, lost, end } = kept(async () => ({ action: "continue" }));

    await vi.advanceTimersByTimeAsync(60_000);
    end();

    expect(gateway.heartbeat).toHaveBeenCalledTimes(6);
    expect(lost).toStrictEqual([]);
  });

  it("tells what the turn has used, as it was at the heartbeat before, and never waits for it", async () => {
    const heartbeat = vi.fn<() => Promise<HeartbeatResponse>>(async () => ({ action: "continue" }));
    const usage = { inputTokens: 5, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 };
    const found = [async () => ({ turn: 1, usage }), () => Promise.reject(new Error("half written")), () => new Promise<undefined>(() => {})];
    const end = keepLease(
      { heartbeat },
      30,
      () => {},
      () => found.shift()?.() ?? Promise.resolve(undefined),
    );

    await vi.advanceTimersByTimeAsync(40_000);
    end();

    expect(heartbeat.mock.calls).toStrictEqual([[undefined], [{ turn: 1, usage }], [{ turn: 1, usage }], [{ turn: 1, usage }]]);
  });

  it("ends once, with the gateway's reason, when it says stop", async () => {
    const { gateway, lost } = kept(async () => ({ action: "stop", reason: "cancelled by olga" }));

    await vi.advanceTimersByTimeAsync(60_000);

    expect(lost).toStrictEqual(["cancelled by olga"]);
    expect(gateway.heartbeat).toHaveBeenCalledTimes(1);
  });

  it("ends when a newer attempt took over", async () => {
    const { lost } = kept(() => Promise.reject(new Fenced("409")));

    await vi.advanceTimersByTimeAsync(10_000);

    expect(lost).toStrictEqual([expect.stringContaining("newer attempt")]);
  });

  it("survives an outage that is shorter than itself", async () => {
    let calls = 0;
    const { lost, end } = kept(async () => {
      calls += 1;
      if (calls === 2 || calls === 3) throw new Error("connection refused");
      return { action: "continue" };
    });

    await vi.advanceTimersByTimeAsync(120_000);
    end();

    expect(lost).toStrictEqual([]);
  });

  it("is lost when the gateway was out of reach for longer than it lasts: another attempt may be running", async () => {
    const { lost } = kept(() => Promise.reject(new Error("connection refused")));

    await vi.advanceTimersByTimeAsync(29_000);
    expect(lost).toStrictEqual([]);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(lost).toStrictEqual([expect.stringContaining("whole lease")]);
  });

  it("is lost as well when the gateway takes calls and never answers", async () => {
    const { lost } = kept(() => new Promise(() => {}));

    await vi.advanceTimersByTimeAsync(41_000);

    expect(lost).toStrictEqual([expect.stringContaining("whole lease")]);
  });

  it("says nothing any more after it was ended, even when an answer is still under way", async () => {
    let refuse: (error: Error) => void = () => {};
    const { lost, end } = kept(() => new Promise((_, reject) => (refuse = reject)));
    await vi.advanceTimersByTimeAsync(10_000);

    end();
    refuse(new Fenced("409"));
    await vi.advanceTimersByTimeAsync(60_000);

    expect(lost).toStrictEqual([]);
  });
});
