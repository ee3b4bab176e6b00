import { once } from "node:events";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import type { ConnectionState } from "../../contract/connection.ts";
import type { HostClient } from "../../testing/host.conformance.ts";
import type { HostDependencies } from "./dependencies.ts";
import { createHostRouter } from "./router.ts";
import { serveHost, type HostServer } from "./websocket-server.ts";

const token = "a-token-that-only-the-owner-has";
const state: ConnectionState = {
  mode: "rehearsal",
  forge: { state: "live", detail: "" },
  database: { state: "live", detail: "" },
  repositories: [],
  version: "0",
};

describe("the host's WebSocket server", () => {
  let server: HostServer;
  let connection: () => Promise<ConnectionState>;
  const faults: unknown[] = [];
  beforeEach(async () => {
    faults.length = 0;
    connection = async () => state;
    // Nothing here reaches the store: what is asked for is about the connection only.
    const router = createHostRouter({ connection: () => connection() } as unknown as HostDependencies);
    server = await serveHost({ router, token, onFault: (fault) => faults.push(fault) });
  });
  afterEach(() => server.close());

  const open = async (socket: WebSocket): Promise<HostClient> => {
    await once(socket, "open");
    return createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));
  };
  const refusalOf = async (socket: WebSocket): Promise<string> => {
    const [error] = (await once(socket, "error")) as [Error];
    return error.message;
  };

  it("listens on loopback only", () => {
    expect(new URL(server.endpoint.url).hostname).toBe("127.0.0.1");
  });

  it("lets the owner in by header, and a browser by subprotocol", async () => {
    const byHeader = await open(new WebSocket(server.endpoint.url, { headers: { authorization: `Bearer ${token}` } }));
    const byProtocol = await open(new WebSocket(server.endpoint.url, ["signalbox", token]));

    expect(await byHeader.connection.state()).toStrictEqual(state);
    expect(await byProtocol.connection.state()).toStrictEqual(state);
  });

  it("never tells the token back as the chosen subprotocol", async () => {
    const socket = new WebSocket(server.endpoint.url, ["signalbox", token]);
    await once(socket, "open");

    expect(socket.protocol).toBe("signalbox");
  });

  it("answers 401 without an upgrade to a wrong, empty, missing or misplaced token", async () => {
    const attempts = [
      new WebSocket(server.endpoint.url),
      new WebSocket(server.endpoint.url, { headers: { authorization: "Bearer wrong" } }),
      new WebSocket(server.endpoint.url, { headers: { authorization: `Bearer ${token}x` } }),
      new WebSocket(server.endpoint.url, { headers: { authorization: `Basic ${token}` } }),
      new WebSocket(server.endpoint.url, ["signalbox", "wrong"]),
      new WebSocket(server.endpoint.url, [token]),
      new WebSocket(`${server.endpoint.url}/?token=${token}`),
    ];

    for (const message of await Promise.all(attempts.map(refusalOf))) expect(message).toContain("401");
  });

  it("closes on a message larger than any input of the contract, and serves the next surface", async () => {
    const socket = new WebSocket(server.endpoint.url, { headers: { authorization: `Bearer ${token}` } });
    await once(socket, "open");

    socket.send("x".repeat(5 * 1024 * 1024), () => undefined);
    await once(socket, "close");

    const next = await open(new WebSocket(server.endpoint.url, { headers: { authorization: `Bearer ${token}` } }));
    expect(await next.connection.state()).toStrictEqual(state);
  });

  it.each([
    ["nothing", ""],
    ["half a message", "{"],
    ["null", "null"],
    ["a list", "[]"],
    ["a message without a path", '{"i":1}'],
    ["bytes", Buffer.from([0, 255, 1])],
  ])("closes on %s, and serves the next surface", async (_, noise) => {
    const socket = new WebSocket(server.endpoint.url, { headers: { authorization: `Bearer ${token}` } });
    await once(socket, "open");

    socket.send(noise);

    expect((await once(socket, "close"))[0]).toBe(1002);
    const next = await open(new WebSocket(server.endpoint.url, { headers: { authorization: `Bearer ${token}` } }));
    expect(await next.connection.state()).toStrictEqual(state);
  });

  it("answers 401 to a page that came from elsewhere, whatever token it shows", async () => {
    const elsewhere = new WebSocket(server.endpoint.url, ["signalbox", token], { origin: "https://evil.example" });
    const rebound = new WebSocket(server.endpoint.url, ["signalbox", token], { origin: "http://evil.example", headers: { host: "evil.example" } });
    const own = new WebSocket(server.endpoint.url, ["signalbox", token], { origin: server.endpoint.url.replace("ws:", "http:") });

    expect(await refusalOf(elsewhere)).toContain("401");
    expect(await refusalOf(rebound)).toContain("401");
    expect(await (await open(own)).connection.state()).toStrictEqual(state);
  });

  it("says that a port is taken, and what to do", async () => {
    const port = Number(new URL(server.endpoint.url).port);

    await expect(serveHost({ router: createHostRouter({} as HostDependencies), token, port })).rejects.toMatchObject({
      code: "busy",
      remedy: expect.stringContaining("port"),
    });
  });

  it("keeps a fault of ours to itself: the surface hears of an internal error, the log of the fault", async () => {
    const fault = new TypeError("undefined is not a password");
    connection = async () => {
      throw fault;
    };
    const client = await open(new WebSocket(server.endpoint.url, { headers: { authorization: `Bearer ${token}` } }));

    await expect(client.connection.state()).rejects.toMatchObject({ code: "INTERNAL_SERVER_ERROR", message: expect.not.stringContaining("password") });
    await vi.waitFor(() => expect(faults).toStrictEqual([fault]));
  });

  it("ends its connections when it closes", async () => {
    const socket = new WebSocket(server.endpoint.url, { headers: { authorization: `Bearer ${token}` } });
    await once(socket, "open");

    const closed = once(socket, "close");
    await server.close();

    expect(await closed).toBeDefined();
    server = await serveHost({ router: createHostRouter({} as HostDependencies), token });
  });
});
