import { spawn } from "node:child_process";
import { app } from "electron";

/**
 * Opens a window of its own on a server's workspace: another shell, with a host, a single instance and a place of its own. This one knows nothing of it any more, and neither ends with the other.
 */
export function openServerWindow(workspace: string, log: (text: string) => void): void {
  const sandbox = process.argv.filter((argument) => argument === "--no-sandbox");
  const application = app.isPackaged ? [] : [app.getAppPath()];
  const other = spawn(process.execPath, [...application, ...sandbox], {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, SIGNALBOX_SERVER: "1", SIGNALBOX_WORKSPACE: workspace },
  });
  other.once("error", (error) => log(`The server's window could not be opened: ${error.message}`));
  other.unref();
}
