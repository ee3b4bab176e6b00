import type { UpdateEvent } from "./update-course.ts";

/** What fetches and installs updates. */
export interface Updater {
  /** Looks for a newer version, and fetches it when there is one. What comes of it is told as events. */
  check(): void;
  /** Ends this application and starts the new one. Call it when nothing is left that must not be cut off. */
  install(): void;
}

/**
 * The one place that knows electron-updater. Where it looks stands in the package (app-update.yml). It installs nothing by itself, not at quitting either, and nothing older than what runs.
 *
 * @param now milliseconds since the epoch.
 */
export async function createUpdater(tell: (event: UpdateEvent) => void, log: (text: string) => void, now: () => number): Promise<Updater> {
  const { autoUpdater } = await import("electron-updater");
  autoUpdater.autoDownload = true;
  autoUpdater.autoInstallOnAppQuit = false;
  autoUpdater.allowDowngrade = false;
  autoUpdater.allowPrerelease = false;
  autoUpdater.logger = { info: () => undefined, warn: (text: unknown) => log(String(text)), error: (text: unknown) => log(String(text)) };
  const fail = (error: unknown): void => tell({ type: "failed", message: firstLine(error), at: now() });
  autoUpdater.on("update-available", ({ version }) => tell({ type: "found", version }));
  autoUpdater.on("update-not-available", () => tell({ type: "nothing-new", at: now() }));
  autoUpdater.on("download-progress", ({ percent }) => tell({ type: "progress", percent }));
  autoUpdater.on("update-downloaded", ({ version }) => tell({ type: "downloaded", version }));
  autoUpdater.on("error", fail);
  return {
    // Its promise fails with what it emits as well.
    check: () => void autoUpdater.checkForUpdates().catch(() => undefined),
    install() {
      try {
        autoUpdater.quitAndInstall(true, true);
      } catch (error) {
        fail(error);
      }
    },
  };
}

/** A server's whole page may stand in the message. */
function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]?.slice(0, 300) ?? "";
}
