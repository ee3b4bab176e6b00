import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from "electron";
import { shellRequest, type ShellReply, type ShellRequest, type UpdatesReply } from "../../core/contract/shell.ts";
import { isOwnPage } from "./guard.ts";

/** Nothing, for what is only said. */
export type ShellAnswer = ShellReply | UpdatesReply | undefined;

/** The one channel on which the window asks its shell. */
const channel = "signalbox";

/**
 * Answers the window's requests. What does not come from the main frame of our own page in our own window, or is no request of the contract, is refused before anything looks at it.
 */
export function answerRequests(window: () => BrowserWindow | undefined, answer: (request: ShellRequest) => Promise<ShellAnswer>): void {
  ipcMain.handle(channel, async (event, message: unknown) => {
    if (!isOurs(event, window())) throw new Error("refused: not the window's page");
    const request = shellRequest.safeParse(message);
    if (!request.success) throw new Error("refused: not a request of the contract");
    return answer(request.data);
  });
}

function isOurs({ sender, senderFrame }: IpcMainInvokeEvent, window: BrowserWindow | undefined): boolean {
  return window !== undefined && sender === window.webContents && senderFrame === sender.mainFrame && senderFrame !== null && isOwnPage(senderFrame.url);
}
