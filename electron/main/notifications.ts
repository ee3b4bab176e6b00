import { Notification } from "electron";
import type { HostNotice } from "../../core/contract/shell.ts";
import { needsYouTitle, type Say } from "./texts.ts";

/** Notifications that are on the screen; one that nothing holds may be collected together with its click. */
const shown = new Set<Notification>();

/** Says that something waits. A click opens it; nothing is ever decided from here. */
export function notify(notice: Extract<HostNotice, { type: "needs-you" }>, say: Say, open: (place: string) => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title: needsYouTitle(say, notice), body: notice.summary });
  shown.add(notification);
  const forget = (): void => void shown.delete(notification);
  notification.on("click", () => {
    forget();
    open(notice.place);
  });
  notification.on("close", forget);
  notification.on("failed", forget);
  notification.show();
}
