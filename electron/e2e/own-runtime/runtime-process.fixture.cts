// Runs in a process of Electron's runtime, in the place of the host. The Electron of these tests has a Node that the host does not run on, so the host runs beside it, on the Node of the tests;
// everything that the shell sends here, ports included, is carried to it (as-in-runtime.fixture.ts), and back. Its types are taken out before that old Node runs it.
import type * as childProcess from "node:child_process";
import type { Carried } from "./carried.ts";

const { spawn } = require("node:child_process") as typeof childProcess;

const { SIGNALBOX_NODE: node = "", SIGNALBOX_TEST_PROGRAM: program = "", SIGNALBOX_TEST_RUNTIME: runtime = "" } = process.env;
const host = spawn(node, ["--import", runtime, program, ...process.argv.slice(2)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
const ports = new Map<number, Electron.MessagePortMain>();
const { parentPort } = process;
let last = 0;

function carry(message: Carried): void {
  if (host.connected) host.send(message, () => undefined);
}

function keep(id: number, port: Electron.MessagePortMain): void {
  ports.set(id, port);
  port.on("message", ({ data }) => carry({ type: "port-message", port: id, data: data as unknown }));
  port.on("close", () => {
    ports.delete(id);
    carry({ type: "port-close", port: id });
  });
  port.start();
}

parentPort.on("message", ({ data, ports: [port] }) => {
  carry({ type: "message", data: data as unknown, port: port ? ++last : undefined });
  if (port) keep(last, port);
});
host.on("message", (message: Carried) => {
  if (message.type === "message") parentPort.postMessage(message.data);
  if (message.type === "port-message") ports.get(message.port)?.postMessage(message.data);
  if (message.type === "port-close") ports.get(message.port)?.close();
});
host.on("exit", (code) => process.exit(code ?? 1));
process.on("SIGTERM", () => void host.kill("SIGTERM"));
