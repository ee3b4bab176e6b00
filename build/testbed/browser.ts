import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

/** Names under which systems have a Chromium. */
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The machine's own browser: SIGNALBOX_TEST_BROWSER, or the first that is on the path. */
const executable =
  process.env["SIGNALBOX_TEST_BROWSER"] ??
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(existsSync);

/** Why no window can be looked at here; undefined when one can. */
export const browserUnavailable =
  executable === undefined ? "(skipped: there is no Chromium on this machine; install one, or name it in SIGNALBOX_TEST_BROWSER)" : undefined;

export function launchBrowser(...options: readonly string[]): Promise<Browser> {
  // As root, as in a container, Chromium refuses its own sandbox.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: executable ?? "", args: [...args, ...options] });
}
