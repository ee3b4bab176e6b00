import { contextBridge, ipcRenderer } from "electron";

/**
 * All that the window has of its shell: one function, which sends a message and gives the answer. The shell checks who asks and what (main/requests.ts). The other way the shell only says where
 * in the page to go.
 */
contextBridge.exposeInMainWorld("signalbox", (message: unknown): Promise<unknown> => ipcRenderer.invoke("signalbox", message));

ipcRenderer.on("signalbox.go", (_event, place: string) => {
  window.location.hash = place;
});
