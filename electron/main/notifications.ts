import { Notification } from "electron";
import type { HostNotice } from "../../core/contract/shell.ts";
import { announcementTitle, type Say } from "./texts.ts";

/** Notifications that are on the screen; one that nothing holds may be collected together with its click. */
const shown = new Set<Notification>();

/** Says what has come, with a sound only where the owner is needed. A click opens it; nothing is ever decided from here. */
export function notify(notice: Extract<HostNotice, { type: "announce" }>, say: Say, open: (place: string) => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title: announcementTitle(say, notice), body: notice.summary, silent: notice.urgency === "information" });
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
