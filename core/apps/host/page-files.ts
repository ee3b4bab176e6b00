import { existsSync, readdirSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

export interface PageFile {
  readonly path: string;
  readonly type: string;
}

/**
 * The window's built page in `directory`, by the paths under which it is served. Only files that are there now are served, by their exact names: no path is ever put together from a
 * request. Empty when there is no directory, or before the page was built.
 */
export function pageFiles(directory: string | undefined): ReadonlyMap<string, PageFile> {
  if (directory === undefined || !existsSync(directory)) return new Map();
  const served = filesBelow(directory).flatMap((path) => {
    const type = types[extname(path)];
    return type === undefined ? [] : [[`/${relative(directory, path).split(sep).join("/")}`, { path, type }] as const];
  });
  const index = served.find(([path]) => path === "/index.html");
  return new Map(index ? [...served, ["/", index[1]]] : served);
}

/** Step by step, because the desktop's shell may be of a Node that cannot read a whole tree at once. */
function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

/**
 * Headers of every file of the page. It runs its own files only, shows nothing from elsewhere, talks to its host only, and stands in nobody's frame.
 *
 * @param host sources of the content security policy under which the page reaches its host.
 */
export function pageHeaders(host: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    // The component library writes its variables into a style element.
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    "img-src 'self'",
    `connect-src ${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return {
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), clipboard-read=()",
  };
}
