import type { MessagePortMain } from "electron";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { HostNotice } from "../../core/contract/shell.ts";
import { createManualClock, type ManualClock } from "../../core/testing/manual-clock.ts";
import { superviseHost, type HostSupervision, type HostSupervisionDeps } from "./host-supervision.ts";

const endpoint = { url: "ws://127.0.0.1:4000", token: "a-token-of-this-workspace" };
const ready: HostNotice = { type: "ready", endpoint };

/** A host that the test plays. */
interface PlayedHost {
  readonly tell: (notice: HostNotice) => void;
  readonly die: (how?: string) => void;
  readonly port: MessagePortMain;
  isEnded: boolean;
}

let clock: ManualClock;
let hosts: PlayedHost[];
let heard: HostNotice[];
let left: number;
let supervision: HostSupervision;

const start: HostSupervisionDeps["start"] = ({ onNotice, onExit }) => {
  const host: PlayedHost = { tell: onNotice, die: (how = "killed") => onExit(how), port: {} as MessagePortMain, isEnded: false };
  hosts.push(host);
  return {
    end: async () => {
      host.isEnded = true;
    },
    openPort: () => host.port,
  };
};
const last = (): PlayedHost => hosts.at(-1)!;

beforeEach(() => {
  clock = createManualClock(0);
  hosts = [];
  heard = [];
  left = 0;
  supervision = superviseHost({
    start,
    after: (ms, then) => clock.after(ms, then),
    now: () => clock.now(),
    onNotice: (notice) => heard.push(notice),
    onLeft: () => void (left += 1),
  });
});

/** What a promise has come to by now. */
async function settled<T>(promise: Promise<T>): Promise<T | "waits"> {
  return Promise.race([promise, new Promise<"waits">((resolve) => setImmediate(() => resolve("waits")))]);
}

describe("the supervision of the host", () => {
  it("starts one at once, and lets whoever looks for it wait until it is there", async () => {
    const found = supervision.find();
    expect(hosts).toHaveLength(1);
    expect(await settled(found)).toBe("waits");

    last().tell(ready);

    expect(await found).toEqual({ type: "host", endpoint });
    expect(await supervision.find()).toEqual({ type: "host", endpoint });
  });

  it("starts what dies again, ever more slowly up to ten seconds, and anew after one that lived well", async () => {
    const delays: number[] = [];
    for (let times = 0; times < 9; times++) {
      const count = hosts.length;
      const before = clock.now();
      last().die();
      while (hosts.length === count) await clock.advance(50);
      delays.push(clock.now() - before);
    }
    expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);

    last().tell(ready);
    await clock.advance(31_000);
    last().die();
    await clock.advance(0);
    expect(hosts).toHaveLength(11);
  });

  it("sends whoever looks meanwhile to the next host, never to the one that died", async () => {
    last().tell(ready);
    last().die();
    const found = supervision.find();
    await clock.advance(250);
    const next = { ...endpoint, url: "ws://127.0.0.1:5000" };
    last().tell({ type: "ready", endpoint: next });

    expect(await found).toEqual({ type: "host", endpoint: next });
  });

  it("says how it ends when it dies again and again before it was ready, and goes on trying", async () => {
    for (let times = 0; times < 2; times++) {
      last().die();
      await clock.advance(10_000);
    }
    const found = supervision.find();
    last().die("the host ended (code 1)");

    expect(await found).toEqual({ type: "no-host", message: "the host ended (code 1)" });
    await clock.advance(10_000);
    expect(hosts).toHaveLength(4);
  });

  it("leaves a host alone that says that it cannot begin, until the owner asks for it", async () => {
    last().tell({ type: "failed", message: "the workspace is of a newer version", remedy: "Update Signalbox." });
    last().die();
    await clock.advance(600_000);

    expect(hosts).toHaveLength(1);
    expect(await supervision.find()).toEqual({ type: "no-host", message: "the workspace is of a newer version", remedy: "Update Signalbox." });

    supervision.startNow();
    expect(hosts).toHaveLength(2);
    expect(await settled(supervision.find())).toBe("waits");
  });

  it("starts at once when the owner does not want to wait, and only one", async () => {
    last().die();
    supervision.startNow();
    await clock.advance(60_000);

    expect(hosts).toHaveLength(2);
  });

  it("ends its host and starts none afterwards", async () => {
    last().tell(ready);
    await supervision.end(1_000);
    last().die();
    await clock.advance(60_000);

    expect(last().isEnded).toBe(true);
    expect(hosts).toHaveLength(1);
    supervision.startNow();
    expect(hosts).toHaveLength(1);
  });

  it("opens ways to the host that is there, and says when they have ended with it", async () => {
    expect(supervision.openPort()).toBeUndefined();
    last().tell(ready);
    expect(supervision.openPort()).toBe(last().port);

    last().die();
    expect([supervision.openPort(), left]).toEqual([undefined, 1]);
    await clock.advance(250);
    last().die("killed before it answered");
    expect(left).toBe(1);
  });

  it("does not hear a host that it has given up", async () => {
    const first = last();
    first.die();
    await clock.advance(250);
    first.tell({ type: "waiting", count: 7 });

    expect(heard).toEqual([]);
  });

  it("never has two hosts at a time, whatever happens", async () => {
    const event = fc.constantFrom("ready", "failed", "die", "wait", "startNow");
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        const alive = new Set<object>();
        let most = 0;
        const time = createManualClock(0);
        let current: { tell: (notice: HostNotice) => void; die: () => void } | undefined;
        const supervised = superviseHost({
          start: ({ onNotice, onExit }) => {
            const host = { end: async () => {} };
            alive.add(host);
            most = Math.max(most, alive.size);
            current = {
              tell: onNotice,
              die: () => {
                if (alive.delete(host)) onExit("killed");
              },
            };
            return host;
          },
          after: (ms, then) => time.after(ms, then),
          now: () => time.now(),
          onNotice: () => {},
          onLeft: () => {},
        });
        for (const each of events) {
          if (each === "ready") current?.tell(ready);
          // Whoever cannot begin ends.
          if (each === "failed") {
            current?.tell({ type: "failed", message: "no" });
            current?.die();
          }
          if (each === "die") current?.die();
          if (each === "wait") await time.advance(10_000);
          if (each === "startNow") supervised.startNow();
        }
        expect(most).toBe(1);
      }),
    );
  });
});
