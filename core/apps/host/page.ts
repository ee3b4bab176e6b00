import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** The page runs its own files only, shows nothing from elsewhere, talks to the server that it came from, and stands in nobody's frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // The component library writes its variables into a style element.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), clipboard-read=()",
};

/**
 * The window's built page in `directory`. Only files that are there when it is opened are served, by their exact names: no path is ever put together from a request.
 * Without a directory, or before the page was built, it says how to build it.
 */
export function openPage(directory: string | undefined): (request: IncomingMessage, response: ServerResponse) => void {
  const files = new Map(directory !== undefined && existsSync(directory) ? filesOf(directory) : []);
  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") return answer(response, 405, "Only GET is understood here.\n");
    if (!isLoopback(request.headers.host)) return answer(response, 421, "This address is served for this machine only.\n");
    const path = (request.url ?? "/").split(/[?#]/u, 1)[0] ?? "/";
    const file = files.get(path === "/" ? "/index.html" : path);
    if (file === undefined)
      return answer(response, 404, files.size === 0 ? "The page is not built. Run: npm run build:renderer\n" : "There is no such file.\n");
    readFile(file).then(
      (content) => {
        const type = types[extname(file)] ?? "application/octet-stream";
        // The names of built assets carry their content's hash.
        const cache = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-store";
        response.writeHead(200, { ...headers, "content-type": type, "content-length": content.length, "cache-control": cache });
        response.end(request.method === "HEAD" ? undefined : content);
      },
      () => answer(response, 404, "There is no such file any more.\n"),
    );
  };
}

/** Another site's name that leads to this machine must not read from us. */
export function isLoopback(host: string | undefined): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/u.test(host ?? "");
}

function filesOf(directory: string): readonly (readonly [string, string])[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file.slice(directory.length).split(sep).join("/").replace(/^\/?/u, "/"), file] as const;
    });
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8" }).end(text);
}
