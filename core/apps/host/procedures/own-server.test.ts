import { call } from "@orpc/server";
import { describe, expect, it } from "vitest";
import type { OwnServerState } from "../../../contract/own-server.ts";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { OwnServer } from "../dependencies.ts";
import { ownServerProcedures } from "./own-server.ts";

const connection = { database: "postgres://olga:word@db.example/signalbox", forge: "https://forge.example", token: "token" };

/** A way to a server that keeps what it is told in memory. */
function wayWith(more: Partial<OwnServer> = {}): { readonly way: ReturnType<typeof ownServerProcedures>; readonly opened: unknown[] } {
  const opened: unknown[] = [];
  let kept: OwnServerState["kept"];
  const ownServer: OwnServer = {
    state: async () => ({ ...(kept ? { kept } : {}), canSeal: false, canOpen: true, command: "signalbox --server desktop" }),
    checkDatabase: async () => ({ checks: [], repositories: [] }),
    checkForge: async () => ({ checks: [], login: "olga" }),
    makeKey: async () => undefined,
    keep: async (_connection, keptIn) => void (kept = { database: "db.example/signalbox", forge: "https://forge.example", keptIn }),
    forget: async () => void (kept = undefined),
    open: () => void opened.push("opened"),
    ...more,
  };
  return { way: ownServerProcedures({ ownServer }), opened };
}

describe("the way to a server, as the window goes it", () => {
  it("tells after each step how things are now", async () => {
    const { way } = wayWith();
    expect(await call(way.checkForge, { ...connection, repositories: [] })).toEqual({ checks: [], login: "olga" });

    expect(await call(way.keep, { ...connection, keptIn: "file" })).toMatchObject({ kept: { keptIn: "file" } });
    expect(await call(way.forget, undefined)).not.toHaveProperty("kept");
  });

  it("opens the server's window when a connection is kept, and not before", async () => {
    const { way, opened } = wayWith();
    await expect(call(way.open, undefined)).rejects.toMatchObject({ code: "REFUSED", data: { type: "own-server.none" } });

    await call(way.keep, { ...connection, keptIn: "file" });
    await call(way.open, undefined);

    expect(opened).toEqual(["opened"]);
  });

  it("says what to write in a terminal where there is no desktop that could open it", async () => {
    const { way } = wayWith({ open: undefined });
    await call(way.keep, { ...connection, keptIn: "file" });

    await expect(call(way.open, undefined)).rejects.toMatchObject({ data: { remedy: expect.stringContaining("signalbox --server desktop") } });
  });

  it.each([
    ["a database of another kind", { database: "mysql://db.example/signalbox" }],
    ["a forge that is no address", { forge: "github" }],
    ["an address that would run something", { forge: "javascript:alert(1)" }],
    ["no token", { token: "  " }],
    ["a place that there is not", { keptIn: "cloud" }],
  ])("does not keep %s", async (_what, wrong) => {
    const { way } = wayWith({ keep: () => Promise.reject(new Error("it was kept")) });

    await expect(call(way.keep, { ...connection, keptIn: "file", ...wrong } as never)).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  it("passes on why nothing was kept", async () => {
    const { way } = wayWith({ keep: () => Promise.reject(new InfrastructureError("unavailable", "There is no keyring.", { remedy: "Install one." })) });

    await expect(call(way.keep, { ...connection, keptIn: "keyring" })).rejects.toThrow("There is no keyring.");
  });

  it("is refused in a server's own window, whatever is asked", async () => {
    const way = ownServerProcedures({});

    for (const asked of [call(way.state, undefined), call(way.forget, undefined), call(way.keep, { ...connection, keptIn: "file" })])
      await expect(asked).rejects.toMatchObject({ code: "REFUSED", data: { remedy: expect.stringContaining("signalbox desktop") } });
  });
});
