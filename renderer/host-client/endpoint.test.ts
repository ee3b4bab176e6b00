import { describe, expect, it, vi } from "vitest";
import { hostSource, type HostFailure, type HostSource } from "./endpoint.ts";

const endpoint = { url: "ws://127.0.0.1:4000", token: "a-token-of-this-workspace" };

function storage(kept: Readonly<Record<string, string>> = {}): Storage {
  const values = new Map(Object.entries(kept));
  return { getItem: (name: string) => values.get(name) ?? null, setItem: (name: string, value: string) => void values.set(name, value) } as Storage;
}

describe("a page in a browser", () => {
  const open = (hash: string, sessionStorage: Storage): { source: HostSource | undefined; address: () => string | undefined } => {
    const replaceState = vi.fn<History["replaceState"]>();
    const location = { protocol: "http:", host: "127.0.0.1:4000", pathname: "/", search: "", hash } as Location;
    const source = hostSource({ location, sessionStorage, history: { replaceState } as unknown as History, addEventListener: () => undefined });
    return { source, address: () => replaceState.mock.calls[0]?.[2] as string | undefined };
  };

  it("finds the host that served it, and takes the token out of its address", async () => {
    const { source, address } = open("#token=a-token-of-this-workspace", storage());

    expect(await source?.find(() => undefined)).toEqual({ url: "ws://127.0.0.1:4000/host", token: "a-token-of-this-workspace" });
    expect(address()).toBe("/#/");
  });

  it("keeps the token for its tab, for when it is loaded again", async () => {
    const kept = storage();
    open("#token=first", kept);

    expect(await open("#/inbox", kept).source?.find(() => undefined)).toMatchObject({ token: "first" });
  });

  it("is nobody's without a token", () => {
    expect(open("#/inbox", storage()).source).toBeUndefined();
  });
});

describe("a page in the desktop", () => {
  const inShell = (ask: (message: unknown) => Promise<unknown>): HostSource => {
    const page = { signalbox: ask, location: {} as Location, sessionStorage: storage(), history: {} as History, addEventListener: () => undefined };
    const source = hostSource(page);
    if (!source) throw new Error("no source");
    return source;
  };

  it("asks its shell where the host is, each time anew", async () => {
    const asked: unknown[] = [];
    const source = inShell(async (message) => {
      asked.push(message);
      return { type: "host", endpoint };
    });

    expect([await source.find(() => undefined), await source.find(() => undefined)]).toEqual([endpoint, endpoint]);
    expect(asked).toEqual([{ type: "find-host" }, { type: "find-host" }]);
  });

  it("is told why there is none, and goes on looking", async () => {
    vi.useFakeTimers();
    try {
      const replies: unknown[] = [
        { type: "no-host", message: "the workspace is of a newer version", remedy: "Update." },
        { type: "host", endpoint },
      ];
      const failures: HostFailure[] = [];
      const found = inShell(async () => replies.shift()).find((failure) => failures.push(failure));
      await vi.advanceTimersByTimeAsync(10_000);

      expect(await found).toEqual(endpoint);
      expect(failures).toMatchObject([{ message: "the workspace is of a newer version", remedy: "Update." }]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("believes no answer that is none of the contract", async () => {
    const elsewhere = { type: "host", endpoint: { ...endpoint, url: "wss://example.com/host" } };

    await expect(inShell(async () => elsewhere).find(() => undefined)).rejects.toThrow("loopback");
  });

  it("asks its shell how the updates are, and takes no answer of another kind", async () => {
    const asked: unknown[] = [];
    const reply = { type: "updates", course: { phase: "idle" }, working: 0, revision: 4 };
    const answers: unknown[] = [reply, { type: "host", endpoint }];
    const { updates } = inShell(async (message) => {
      asked.push(message);
      return answers.shift();
    });

    expect(await updates?.after(3)).toEqual(reply);
    await expect(updates?.after(4)).rejects.toThrow("updates");
    updates?.install();
    updates?.check();

    expect(asked).toEqual([{ type: "updates", knows: 3 }, { type: "updates", knows: 4 }, { type: "install-update" }, { type: "check-updates" }]);
  });
});
