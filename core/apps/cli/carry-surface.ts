import { WebSocket } from "ws";
import type { HostEndpoint } from "../../contract/shell.ts";
import { socketChannel } from "../host/socket-channel.ts";
import { greetSurface, isMessage, type Serving, type SurfaceChannel } from "../host/surface.ts";

/** Another process has the workspace open: a surface that comes over a channel is carried to it, message by message. */
export function carrying(endpoint: HostEndpoint): Serving {
  return { endpoint, take: (channel) => carry(channel, endpoint) };
}

function carry(surface: SurfaceChannel, { url, token }: HostEndpoint): void {
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
  const owner = socketChannel(socket);
  socket.on("open", () => greetSurface(surface));
  owner.listen(
    (message) => void (isMessage(message) && surface.send(message)),
    () => surface.close(),
  );
  surface.listen(
    (message) => {
      // Whoever speaks before it was greeted, or says what is no message, knows another protocol.
      if (socket.readyState === WebSocket.OPEN && isMessage(message)) owner.send(message);
      else socket.terminate();
    },
    () => socket.terminate(),
  );
}
