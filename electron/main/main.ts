import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { app, dialog, safeStorage, type MessagePortMain } from "electron";
import type { HostAnswer, HostNotice, HostQuestion, Language, PageNotice, ShellReply, ShellRequest } from "../../core/contract/shell.ts";
import { linkScheme, placeAmong, placeOf } from "./deep-links.ts";
import { guardPages } from "./guard.ts";
import { startHostInRuntime, startHostOnNode } from "./host-process.ts";
import { createHostStarter } from "./host-starter.ts";
import { superviseHost, type HostSupervision } from "./host-supervision.ts";
import { openMainWindow, type MainWindow } from "./main-window.ts";
import { installMenu } from "./menu.ts";
import { notify } from "./notifications.ts";
import { announcePageScheme, servePage } from "./page-protocol.ts";
import { answerRequests, type ShellAnswer } from "./requests.ts";
import { createSealing } from "./sealing.ts";
import { shellSettings, type ShellSettings } from "./settings.ts";
import { texts, type Say } from "./texts.ts";
import { createTrayIcon, type TrayIcon } from "./tray.ts";
import { whyNoUpdates } from "./update-course.ts";
import { createUpdater } from "./updater.ts";
import { createUpdates, type Updates } from "./updates.ts";

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
  updates?: Updates;
  /** Where the window is to open: an address came before there was one. */
  wanted?: string | undefined;
  waiting: number;
  /** Number of the last port that a window was given. */
  ports: number;
}

const settings = shellSettings({
  env: process.env,
  isInstalled: app.isPackaged,
  resources: process.resourcesPath,
  bundle: __dirname,
  runtimeNode: process.versions.node,
});
const shell: Shell = { settings, bundle: __dirname, say: texts("en"), waiting: 0, ports: 0 };

if (claimInstance(shell)) {
  announcePageScheme();
  // What the window will wait for begins first, while the system makes the application ready.
  startHost(shell);
  void app.whenReady().then(() => {
    secure(shell);
    openWindow(shell);
    furnish(shell);
    keepUpToDate(shell);
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

function log(text: string): void {
  process.stderr.write(`${text}\n`);
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

async function answer(state: Shell, request: ShellRequest): Promise<ShellAnswer> {
  switch (request.type) {
    case "start-host":
      state.host?.startNow();
      return undefined;
    case "find-host":
      return findHost(state);
    case "speak":
      speak(state, request.language);
      return undefined;
    case "updates":
      return state.updates?.after(request.knows);
    case "check-updates":
      state.updates?.check();
      return undefined;
    case "install-update":
      state.updates?.install();
      return undefined;
  }
}

/** A window that can be given a port to the host is given one; every other is told where the host listens. */
async function findHost(state: Shell): Promise<ShellReply | undefined> {
  const reply = await state.host?.find();
  const port = reply?.type === "host" ? state.host?.openPort() : undefined;
  if (!port) return reply;
  const id = ++state.ports;
  tellPage(state, { type: "signalbox.port", id }, [port]);
  return { type: "port", id };
}

function tellPage({ window }: Shell, notice: PageNotice, ports: MessagePortMain[] = []): void {
  if (window && !window.window.isDestroyed()) window.window.webContents.postMessage("signalbox.notice", notice, ports);
}

function startHost(state: Shell): void {
  const { host } = state.settings;
  const seal = createSealing(safeStorage, process.platform);
  // The keyring can be asked once the application is ready.
  const answerHost = async (question: HostQuestion): Promise<HostAnswer> => app.whenReady().then(() => seal(question));
  state.host = superviseHost({
    start: createHostStarter({
      inRuntime: host.runsOn === "own-runtime" ? (events) => startHostInRuntime(host, events, answerHost) : undefined,
      onNode: (events) => startHostOnNode(host, events, answerHost),
      log,
    }),
    onLeft: () => tellPage(state, { type: "signalbox.host-left" }),
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
  if (notice.type === "working") state.updates?.working(notice.count);
  // Behind a host that cannot begin nothing works, and an update may be what helps it.
  if (notice.type === "failed") state.updates?.working(0);
  // Who looks at the window sees it there.
  if (notice.type === "announce" && app.isReady() && !state.window?.window.isFocused()) notify(notice, state.say, (place) => goTo(state, place));
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

/** The last phase: everything else is there without it. */
function keepUpToDate(state: Shell): void {
  const brings = (file: string): boolean => existsSync(join(process.resourcesPath, file));
  state.updates = createUpdates({
    off: whyNoUpdates({ isInstalled: app.isPackaged, platform: process.platform, env: process.env, brings }),
    createUpdater: (tell) => createUpdater(tell, log, Date.now),
    ask: (version) => askToRestart(state, version),
    async prepare() {
      await state.host?.end(hostPatience);
      // The next version may be started before this one has gone.
      app.releaseSingleInstanceLock();
    },
    recover() {
      // An image's own program lies in a place that goes away with it.
      const image = process.env["APPIMAGE"];
      app.relaunch(image === undefined ? {} : { execPath: image });
      app.quit();
    },
    after: (milliseconds, then) => void setTimeout(then, milliseconds),
    now: Date.now,
    log,
  });
}

async function askToRestart({ say, window }: Shell, version: string): Promise<boolean> {
  if (!window || window.window.isDestroyed()) return false;
  const { response } = await dialog.showMessageBox(window.window, {
    type: "question",
    message: say("update.ready", { version }),
    detail: say("update.detail"),
    buttons: [say("update.later"), say("update.now")],
    cancelId: 0,
    defaultId: 0,
    noLink: true,
  });
  return response === 1;
}
