import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { app, BrowserWindow, dialog, nativeTheme, screen } from "electron";
import { shellOrigin } from "../../core/contract/shell.ts";
import type { Say } from "./texts.ts";
import { parseSavedWindows, smallest, windowPlace, withWindowPlace } from "./window-state.ts";

/** The page's ground in both themes, so that the window does not flash before it is painted. */
const ground = { dark: "#0f1214", light: "#f6f7f8" } as const;

/** A page that fails this often within a minute is not loaded again without being asked. */
const mostCrashes = 3;

export interface MainWindow {
  readonly window: BrowserWindow;
  /** Shows the window, at a place in the page when one is given. */
  show(place?: string): void;
}

/** Opens the one window, where it was on these displays, and loads the page at `place`. */
export function openMainWindow({ bundle, place, say }: { readonly bundle: string; readonly place: string | undefined; readonly say: () => Say }): MainWindow {
  const file = join(app.getPath("userData"), "window.json");
  const displays = (): Electron.Display[] => screen.getAllDisplays();
  const { bounds, maximized } = windowPlace(readSaved(file), displays());
  const window = new BrowserWindow({
    ...bounds,
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: "Signalbox",
    backgroundColor: nativeTheme.shouldUseDarkColors ? ground.dark : ground.light,
    icon: join(bundle, "icon.png"),
    autoHideMenuBar: true,
    webPreferences: {
      preload: join(bundle, "preload.cjs"),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  window.once("ready-to-show", () => window.show());
  window.on("close", () => {
    const saved = withWindowPlace(readSaved(file), displays(), window.getNormalBounds(), window.isMaximized());
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(saved), { mode: 0o600 });
  });
  reloadWhatCrashed(window, say);
  void window.loadURL(`${shellOrigin}/${place === undefined ? "" : `#${place}`}`);
  return {
    window,
    show(to) {
      if (window.isDestroyed()) return;
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      if (to !== undefined) window.webContents.send("signalbox.go", to);
    },
  };
}

/** What the page showed is read again from the host; what the owner had begun to write is kept by the page itself. */
function reloadWhatCrashed(window: BrowserWindow, say: () => Say): void {
  let crashes: readonly number[] = [];
  window.webContents.on("render-process-gone", (_event, { reason }) => {
    if (reason === "clean-exit" || window.isDestroyed()) return;
    crashes = [...crashes.filter((at) => Date.now() - at < 60_000), Date.now()];
    if (crashes.length <= mostCrashes) return window.webContents.reload();
    const text = say();
    const asked = {
      type: "error" as const,
      message: text("crash.title"),
      detail: text("crash.detail"),
      buttons: [text("quit"), text("reload")],
      cancelId: 0,
      noLink: true,
    };
    void dialog.showMessageBox(window, asked).then(({ response }) => {
      crashes = [];
      if (response === 1) window.webContents.reload();
      else app.quit();
    });
  });
}

function readSaved(file: string): ReturnType<typeof parseSavedWindows> {
  try {
    return parseSavedWindows(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
}
