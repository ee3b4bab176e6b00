import { Menu, type MenuItemConstructorOptions } from "electron";
import { screens } from "./deep-links.ts";
import type { Say } from "./texts.ts";

/** The application's menu: what systems expect in one, and the way to every screen. Everything in it has a key. */
export function installMenu(say: Say, go: (place: string) => void): void {
  const mac: MenuItemConstructorOptions[] = process.platform === "darwin" ? [{ role: "appMenu" }] : [];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...mac,
      { label: say("file"), submenu: [{ role: "quit", label: say("quit") }] },
      { label: say("edit"), role: "editMenu" },
      {
        label: say("go"),
        submenu: screens.map((screen, index) => ({
          label: say(`go.${screen}`),
          accelerator: `CommandOrControl+${index + 1}`,
          click: () => go(`/${screen}`),
        })),
      },
      {
        label: say("view"),
        submenu: [
          { role: "reload", label: say("reload") },
          { type: "separator" },
          { role: "resetZoom" },
          { role: "zoomIn" },
          { role: "zoomOut" },
          { role: "togglefullscreen" },
        ],
      },
      { label: say("window"), role: "windowMenu" },
    ]),
  );
}
