import { app, dialog, session, shell, type BrowserWindow, type WebContents } from "electron";
import { shellOrigin } from "../../core/contract/shell.ts";
import { judgeLink } from "./external-links.ts";
import type { Say } from "./texts.ts";

/** What the page may have of the system: to put text on the clipboard when the owner asks for it. */
const granted: readonly string[] = ["clipboard-sanitized-write"];

/** Whether an address is the window's own page. */
export function isOwnPage(address: string): boolean {
  return address === shellOrigin || address.startsWith(`${shellOrigin}/`);
}

/**
 * Denies everything that a page could do beyond itself: to go elsewhere, to open windows, to embed others, to use devices, to load from the network. It loads its own files and
 * speaks to a host on loopback; nothing else leaves it. Links go to {@link judgeLink}.
 */
export function guardPages(say: () => Say, window: () => BrowserWindow | undefined): void {
  app.on("web-contents-created", (_event, contents) => guardContents(contents, say, window));
  const own = session.defaultSession;
  own.setPermissionRequestHandler((contents, permission, decide) => decide(granted.includes(permission) && isOwnPage(contents.getURL())));
  own.setPermissionCheckHandler((contents, permission) => granted.includes(permission) && contents !== null && isOwnPage(contents.getURL()));
  own.setDevicePermissionHandler(() => false);
  own.webRequest.onBeforeRequest((details, decide) => decide({ cancel: !mayLoad(details.url) }));
  own.on("will-download", (event, item, contents) => {
    if (!isOwnFile(item.getURL()) || !isOwnPage(contents.getURL())) event.preventDefault();
  });
}

/** A file that the page has made itself, like an export. The owner is asked where it is to go; nothing is written without that. */
function isOwnFile(address: string): boolean {
  return address.startsWith(`blob:${shellOrigin}/`);
}

/** The page, its host, and the tools of whoever develops it. */
function mayLoad(address: string): boolean {
  return isOwnPage(address) || isOwnFile(address) || /^(?:ws:\/\/127\.0\.0\.1:\d+\/|devtools:)/u.test(address);
}

function guardContents(contents: WebContents, say: () => Say, window: () => BrowserWindow | undefined): void {
  contents.on("will-navigate", (event, address) => {
    if (!isOwnPage(address)) event.preventDefault();
  });
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    void openOutside(url, say(), window());
    return { action: "deny" };
  });
}

async function openOutside(address: string, say: Say, window: BrowserWindow | undefined): Promise<void> {
  const verdict = judgeLink(address);
  if (verdict === "refuse") return;
  if (verdict === "ask") {
    const question = {
      type: "question" as const,
      message: say("link.question"),
      detail: address,
      buttons: [say("link.cancel"), say("link.open")],
      cancelId: 0,
      noLink: true,
    };
    const { response } = await (window ? dialog.showMessageBox(window, question) : dialog.showMessageBox(question));
    if (response !== 1) return;
  }
  await shell.openExternal(address);
}
