import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openPage } from "./page.ts";

let directory: string;
let server: Server;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "signalbox-page-"));
  await mkdir(join(directory, "page", "assets"), { recursive: true });
  await writeFile(join(directory, "page", "index.html"), "<!doctype html>");
  await writeFile(join(directory, "page", "assets", "app-1.js"), "run()");
  await writeFile(join(directory, "secret.html"), "not for the page");
  server = await serve(join(directory, "page"));
});
afterEach(async () => {
  server.close();
  await rm(directory, { recursive: true });
});

function serve(page: string | undefined): Promise<Server> {
  const made = createServer(openPage(page));
  return new Promise((resolve) => made.listen(0, "127.0.0.1", () => resolve(made)));
}

/** The path goes out as it is written, which fetch would tidy up. */
async function ask(
  path: string,
  options: { readonly host?: string; readonly method?: string } = {},
): Promise<{ status: number; headers: IncomingMessage["headers"]; text: string }> {
  const { port } = server.address() as AddressInfo;
  const response = await new Promise<IncomingMessage>((resolve) => {
    get({ host: "127.0.0.1", port, path, method: options.method ?? "GET", headers: { host: options.host ?? `127.0.0.1:${port}` } }, resolve);
  });
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

describe("the page that the host serves", () => {
  it("is the built files, the first of them at the root, with what each is", async () => {
    expect(await ask("/")).toMatchObject({
      status: 200,
      text: "<!doctype html>",
      headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
    });
    expect(await ask("/assets/app-1.js?x#y")).toMatchObject({ status: 200, text: "run()", headers: { "cache-control": expect.stringContaining("immutable") } });
  });

  it("may run its own scripts only, load nothing from elsewhere, and stand in nobody's frame", async () => {
    const policy = String((await ask("/")).headers["content-security-policy"]);

    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/u);
    expect(policy).not.toMatch(/https?:/u);
  });

  it.each(["/../secret.html", "/%2e%2e/secret.html", "/assets/../../secret.html", "//secret.html", "/assets", "/nothing.js", "/assets/app-1.js/"])(
    "has no file at %s",
    async (path) => {
      expect((await ask(path)).status).toBe(404);
    },
  );

  it("is not for another name of this machine, by which a stranger's page would reach it", async () => {
    expect(await ask("/", { host: "evil.example" })).toMatchObject({ status: 421, text: expect.not.stringContaining("doctype") });
  });

  it("takes nothing in", async () => {
    expect((await ask("/", { method: "POST" })).status).toBe(405);
  });

  it("says how to build it when it was not built", async () => {
    server.close();
    server = await serve(join(directory, "nothing"));

    expect(await ask("/")).toMatchObject({ status: 404, text: expect.stringContaining("npm run build:renderer") });
  });
});
