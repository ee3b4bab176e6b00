import { join } from "node:path";
import { app, Menu, nativeImage, Tray } from "electron";
import type { Say } from "./texts.ts";

export interface TrayIcon {
  /** Shows how many requests wait: in words, as a number where the system has a place for one, and by another shape of the icon. */
  showWaiting(count: number, say: Say): void;
  /** Takes the icon away, before the application ends. */
  remove(): void;
}

/** The icon beside the clock. A system without such a place goes without it. */
export function createTrayIcon(bundle: string, show: () => void): TrayIcon {
  const quiet = nativeImage.createFromPath(join(bundle, "tray.png"));
  const calling = nativeImage.createFromPath(join(bundle, "tray-waiting.png"));
  let tray: Tray | undefined;
  try {
    tray = new Tray(quiet);
    tray.on("click", show);
  } catch {
    tray = undefined;
  }
  return {
    remove() {
      tray?.destroy();
      tray = undefined;
    },
    showWaiting(count, say) {
      app.setBadgeCount(count);
      if (!tray) return;
      const words = count === 0 ? say("waiting.none") : say("waiting.some", { count });
      tray.setImage(count === 0 ? quiet : calling);
      tray.setToolTip(`Signalbox: ${words}`);
      if (process.platform === "darwin") tray.setTitle(count === 0 ? "" : String(count));
      tray.setContextMenu(
        Menu.buildFromTemplate([
          { label: words, enabled: false },
          { label: say("show"), click: show },
          { type: "separator" },
          { role: "quit", label: say("quit") },
        ]),
      );
    },
  };
}
