import { beforeEach, describe, expect, it } from "vitest";
import type { HostNotice } from "../../core/contract/shell.ts";
import { createHostStarter } from "./host-starter.ts";
import type { HostSupervisionDeps } from "./host-supervision.ts";

type Start = HostSupervisionDeps["start"];

const ready: HostNotice = { type: "ready", endpoint: { url: "ws://127.0.0.1:4000", token: "a-token-of-this-workspace" } };

describe("where the host is started", () => {
  let started: string[];
  let said: string[];
  let last: Parameters<Start>[0];
  const starting =
    (where: string): Start =>
    (events) => {
      started.push(where);
      last = events;
      return { end: () => Promise.resolve() };
    };
  const createStarter = (): Start => createHostStarter({ inRuntime: starting("runtime"), onNode: starting("node"), log: (text) => said.push(text) });
  const run = (start: Start): void => void start({ onNotice: () => undefined, onExit: () => undefined });
  beforeEach(() => {
    started = [];
    said = [];
  });

  it("is the runtime, again and again, for a host that answered once, however it ended", () => {
    const start = createStarter();
    run(start);
    last.onNotice(ready);
    last.onExit("killed");
    run(start);
    last.onExit("killed before it answered this time");
    run(start);

    expect(started).toEqual(["runtime", "runtime", "runtime"]);
  });

  it("is the Node that came along from then on, when it ended in the runtime without a word", () => {
    const start = createStarter();
    run(start);
    last.onExit("The host ended (code 1). SyntaxError");
    run(start);
    last.onExit("killed");
    run(start);

    expect(started).toEqual(["runtime", "node", "node"]);
    expect(said).toEqual([expect.stringContaining("SyntaxError")]);
  });

  it("stays the runtime for a host that says itself why it cannot begin", () => {
    const start = createStarter();
    run(start);
    last.onNotice({ type: "failed", message: "the workspace is of a newer version" });
    last.onExit("The host ended (code 1).");
    run(start);

    expect(started).toEqual(["runtime", "runtime"]);
  });

  it("is the Node that came along where the runtime does not run it", () => {
    run(createHostStarter({ onNode: starting("node"), log: (text) => said.push(text) }));

    expect(started).toEqual(["node"]);
  });
});
