import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A KDC that behaves as if it was stopped during a request: clients wait, and give up after some 25 seconds. */
export interface SilentKdc {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startSilentKdc(): Promise<SilentKdc> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    // Read the data, in order to notice when a client disconnects.
    socket.resume().once("close", () => sockets.delete(socket));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, stop };
}
