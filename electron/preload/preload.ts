import { contextBridge, ipcRenderer } from "electron";

/**
 * All that the window has of its shell: one function, which sends a message and gives the answer. The shell checks who asks and what (main/requests.ts). The other way the shell says where in the
 * page to go, hands ports to the host on, and says when that has gone.
 */
contextBridge.exposeInMainWorld("signalbox", (message: unknown): Promise<unknown> => ipcRenderer.invoke("signalbox", message));

ipcRenderer.on("signalbox.go", (_event, place: string) => {
  window.location.hash = place;
});

ipcRenderer.on("signalbox.notice", ({ ports }, notice: unknown) => window.postMessage(notice, window.location.origin, [...ports]));
