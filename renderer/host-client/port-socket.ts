import { portGreeting } from "../../core/contract/shell.ts";

/**
 * A port to the host, as a WebSocket: it is open when the host has greeted, and closed when the host has left, which a port alone does not tell in every Chromium. It has of a WebSocket what
 * whoever opens it again asks for.
 */
export class PortSocket extends EventTarget {
  /** Messages come as they were sent. */
  binaryType: BinaryType = "arraybuffer";
  readonly bufferedAmount = 0;
  readyState: number = WebSocket.CONNECTING;
  readonly #port: MessagePort;

  /** @param left aborted when the host at the other end has gone */
  constructor(port: MessagePort, left: AbortSignal) {
    super();
    this.#port = port;
    port.addEventListener("message", ({ data }: MessageEvent<unknown>) => this.#hear(data));
    const end = (): void => this.#end(1006);
    port.addEventListener("close", end, { once: true });
    left.addEventListener("abort", end, { once: true });
    port.start();
    // Whoever opens it listens only after this.
    if (left.aborted) queueMicrotask(end);
  }

  send(message: unknown): void {
    this.#port.postMessage(message);
  }

  close(code = 1000): void {
    this.#end(code);
  }

  #hear(data: unknown): void {
    if (this.readyState === WebSocket.OPEN) this.dispatchEvent(new MessageEvent("message", { data }));
    if (this.readyState !== WebSocket.CONNECTING || data !== portGreeting) return;
    this.readyState = WebSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }

  #end(code: number): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.#port.close();
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}
