"use strict";
// The least that Electron can show: a window with a word in it. What ours takes longer than this to start is ours.
const { app, BrowserWindow } = require("electron");

void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, webPreferences: { sandbox: true, contextIsolation: true } });
  void window.loadURL("data:text/html,<p>An empty window</p>");
});
app.on("window-all-closed", () => app.quit());
