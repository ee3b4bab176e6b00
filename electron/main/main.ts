import { mkdirSync } from "node:fs";
import { app } from "electron";
import type { HostNotice, Language, ShellRequest } from "../../core/contract/shell.ts";
import { linkScheme, placeAmong, placeOf } from "./deep-links.ts";
import { guardPages } from "./guard.ts";
import { startHostProcess } from "./host-process.ts";
import { superviseHost, type HostSupervision } from "./host-supervision.ts";
import { openMainWindow, type MainWindow } from "./main-window.ts";
import { installMenu } from "./menu.ts";
import { notify } from "./notifications.ts";
import { announcePageScheme, servePage } from "./page-protocol.ts";
import { answerRequests } from "./requests.ts";
import { shellSettings, type ShellSettings } from "./settings.ts";
import { texts, type Say } from "./texts.ts";
import { createTrayIcon, type TrayIcon } from "./tray.ts";

/** Milliseconds that the host has to set down what it carries when the owner quits. */
const hostPatience = 15_000;

/** What the phases of the boot leave behind for what happens afterwards. */
interface Shell {
  readonly settings: ShellSettings;
  readonly bundle: string;
  say: Say;
  window?: MainWindow;
  host?: HostSupervision;
  tray?: TrayIcon;
  /** Where the window is to open: an address came before there was one. */
  wanted?: string | undefined;
  waiting: number;
}

const shell: Shell = { settings: shellSettings(process.env, process.resourcesPath, __dirname), bundle: __dirname, say: texts("en"), waiting: 0 };

if (claimInstance(shell)) {
  announcePageScheme();
  void app.whenReady().then(() => {
    secure(shell);
    startHost(shell);
    openWindow(shell);
    furnish(shell);
  });
}

/** One shell per workspace: a second start brings the first to the front, with the address that it was given, and ends. */
function claimInstance(state: Shell): boolean {
  if (state.settings.userData !== undefined) {
    mkdirSync(state.settings.userData, { recursive: true, mode: 0o700 });
    app.setPath("userData", state.settings.userData);
  }
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return false;
  }
  app.setAppUserModelId("dev.signalbox.desktop");
  state.wanted = placeAmong(process.argv);
  app.on("second-instance", (_event, args) => goTo(state, placeAmong(args)));
  app.on("open-url", (event, address) => {
    event.preventDefault();
    goTo(state, placeOf(address));
  });
  return true;
}

function goTo(state: Shell, place: string | undefined): void {
  if (state.window) state.window.show(place);
  else state.wanted = place ?? state.wanted;
}

function secure(state: Shell): void {
  guardPages(
    () => state.say,
    () => state.window?.window,
  );
  servePage(state.settings.page);
  answerRequests(
    () => state.window?.window,
    (request) => answer(state, request),
  );
}

async function answer(state: Shell, request: ShellRequest): Promise<Awaited<ReturnType<HostSupervision["find"]>> | undefined> {
  switch (request.type) {
    case "start-host":
      state.host?.startNow();
      return undefined;
    case "find-host":
      return state.host?.find();
    case "speak":
      speak(state, request.language);
      return undefined;
  }
}

function startHost(state: Shell): void {
  state.host = superviseHost({
    start: (events) => startHostProcess(state.settings.host, events),
    after: (milliseconds, then) => {
      const timer = setTimeout(then, milliseconds);
      return () => clearTimeout(timer);
    },
    now: Date.now,
    onNotice: (notice) => hear(state, notice),
  });
  endHostWithShell(state, state.host);
}

/** Quitting waits for the host, so that the next start finds everything set down. */
function endHostWithShell(state: Shell, host: HostSupervision): void {
  let isEnded = false;
  app.on("will-quit", (event) => {
    if (isEnded) return;
    event.preventDefault();
    state.tray?.remove();
    void host.end(hostPatience).finally(() => {
      isEnded = true;
      // Not within the event that has put the quitting off: it would be put off with it.
      setImmediate(() => app.quit());
    });
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => app.quit());
}

function hear(state: Shell, notice: HostNotice): void {
  if (notice.type === "waiting") {
    state.waiting = notice.count;
    state.tray?.showWaiting(notice.count, state.say);
  }
  // Who looks at the window sees it there.
  if (notice.type === "needs-you" && !state.window?.window.isFocused()) notify(notice, state.say, (place) => goTo(state, place));
}

function openWindow(state: Shell): void {
  state.window = openMainWindow({ bundle: state.bundle, place: state.wanted, say: () => state.say });
  app.on("window-all-closed", () => app.quit());
}

function furnish(state: Shell): void {
  app.setAsDefaultProtocolClient(linkScheme);
  state.tray = createTrayIcon(state.bundle, () => goTo(state, undefined));
  speak(state, app.getLocale().startsWith("ru") ? "ru" : "en");
}

/** Puts everything of the shell into the language that the window speaks. */
function speak(state: Shell, language: Language): void {
  state.say = texts(language);
  installMenu(state.say, (place) => goTo(state, place));
  state.tray?.showWaiting(state.waiting, state.say);
}
