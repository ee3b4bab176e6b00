// What a process of Electron's runtime has and Node has not: `process.parentPort`. What comes over it is carried here by runtime-process.fixture.cts.
import { EventEmitter } from "node:events";
import type { Carried } from "./carried.ts";

function carry(message: Carried): void {
  process.send?.(message, () => undefined);
}

class CarriedPort extends EventEmitter {
  readonly #id: number;
  readonly #kept: unknown[] = [];
  #isStarted = false;

  constructor(id: number) {
    super();
    this.#id = id;
  }

  postMessage(data: unknown): void {
    carry({ type: "port-message", port: this.#id, data });
  }

  start(): void {
    this.#isStarted = true;
    for (const data of this.#kept.splice(0)) this.hear(data);
  }

  hear(data: unknown): void {
    if (this.#isStarted) this.emit("message", { data, ports: [] });
    else this.#kept.push(data);
  }

  close(): void {
    carry({ type: "port-close", port: this.#id });
  }
}

const ports = new Map<number, CarriedPort>();
const parentPort = Object.assign(new EventEmitter(), { postMessage: (data: unknown) => carry({ type: "message", data }) });
Object.assign(process, { parentPort });

process.on("message", (message: Carried) => {
  if (message.type === "message") {
    const port = message.port === undefined ? undefined : new CarriedPort(message.port);
    if (port && message.port !== undefined) ports.set(message.port, port);
    parentPort.emit("message", { data: message.data, ports: port ? [port] : [] });
  }
  if (message.type === "port-message") ports.get(message.port)?.hear(message.data);
  if (message.type === "port-close") ports.get(message.port)?.emit("close");
});
// The runtime ends its processes with the application.
process.on("disconnect", () => process.exit(1));
