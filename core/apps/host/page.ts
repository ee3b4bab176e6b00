import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pageFiles, pageHeaders } from "./page-files.ts";

const headers = pageHeaders("'self'");

/**
 * Serves the window's built page in `directory` to browsers of this machine. Without a directory, or before the page was built, it says how to build it.
 */
export function openPage(directory: string | undefined): (request: IncomingMessage, response: ServerResponse) => void {
  const files = pageFiles(directory);
  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") return answer(response, 405, "Only GET is understood here.\n");
    if (!isLoopback(request.headers.host)) return answer(response, 421, "This address is served for this machine only.\n");
    const path = (request.url ?? "/").split(/[?#]/u, 1)[0] ?? "/";
    const file = files.get(path);
    if (file === undefined)
      return answer(response, 404, files.size === 0 ? "The page is not built. Run: npm run build:renderer\n" : "There is no such file.\n");
    readFile(file.path).then(
      (content) => {
        // The names of built assets carry their content's hash.
        const cache = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-store";
        response.writeHead(200, { ...headers, "content-type": file.type, "content-length": content.length, "cache-control": cache });
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

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8" }).end(text);
}
