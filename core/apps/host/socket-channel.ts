import type { RawData, WebSocket } from "ws";
import type { SurfaceChannel } from "./surface.ts";

/** A WebSocket as one end of a connection to a surface. */
export function socketChannel(socket: WebSocket): SurfaceChannel {
  return {
    send: (message) => socket.send(message),
    close: () => socket.close(1002, "not a message of this protocol"),
    listen(hear, left) {
      // A surface that breaks off mid-message is the surface's affair.
      socket.on("error", () => socket.terminate());
      socket.on("close", left);
      socket.on("message", (content, isBinary) => hear(isBinary ? bytesOf(content) : bytesOf(content).toString("utf8")));
    },
  };
}

function bytesOf(content: RawData): Buffer {
  if (Array.isArray(content)) return Buffer.concat(content);
  return content instanceof ArrayBuffer ? Buffer.from(content) : content;
}
