import { createRequire } from "node:module";
import { join } from "node:path";
import { alice, type Contender, expect, type Setting, target, tokenSize } from "./contender.ts";

type Handle = { readonly external: unique symbol };

interface Leg {
  readonly status: number;
  readonly context: Handle;
  readonly token: Buffer;
}

/** addon.c */
interface Addon {
  load(library: string): void;
  acquire(name: string, use: number, ...identity: string[]): Handle;
  initialize(credential: Handle, context: Handle | null, target: string, flags: number, token: Buffer | null): Leg;
  accept(credential: Handle, context: Handle | null, flags: number, token: Buffer): Leg;
  encrypt(context: Handle, token: Buffer, data: Buffer): number;
  decrypt(context: Handle, token: Buffer, data: Buffer): number;
  setSamFile(context: Handle, path: string): void;
  sizes(context: Handle): { readonly securityTrailer: number };
  release(handle: Handle): void;
}

const [inbound, outbound] = [1, 2];
const confidentiality = 0x10;

/** A hand-written Node-API addon, used as its author would use it. */
export function addonContender({ library, samFile, native }: Setting): Contender {
  const addon = createRequire(import.meta.url)(join(native, "addon.node")) as Addon;
  addon.load(library);

  const acquireClient = (): Handle => addon.acquire("NTLM", outbound, alice.user, alice.domain, alice.password);

  function handshake(clientCredential: Handle, serverCredential: Handle): { client: Handle; server: Handle } {
    const first = addon.initialize(clientCredential, null, target, confidentiality, null);
    const challenge = addon.accept(serverCredential, null, confidentiality, first.token);
    addon.setSamFile(challenge.context, samFile);
    const response = addon.initialize(clientCredential, first.context, target, confidentiality, challenge.token);
    const end = addon.accept(serverCredential, challenge.context, confidentiality, response.token);
    expect(response.status === 0 && end.status === 0, "handshake in the addon");
    return { client: first.context, server: challenge.context };
  }

  return {
    name: "addon",
    handshakes(count, reuse) {
      const shared = reuse ? acquireClient() : undefined;
      for (let index = 0; index < count; index += 1) {
        const clientCredential = shared ?? acquireClient();
        const serverCredential = addon.acquire("NTLM", inbound);
        const { client, server } = handshake(clientCredential, serverCredential);
        addon.release(client);
        addon.release(server);
        if (!shared) addon.release(clientCredential);
        addon.release(serverCredential);
      }
      if (shared) addon.release(shared);
    },
    establish() {
      const { client, server } = handshake(acquireClient(), addon.acquire("NTLM", inbound));
      return {
        protect(count, bytes) {
          const [token, data] = [bytes.subarray(0, tokenSize), bytes.subarray(tokenSize)];
          for (let index = 0; index < count; index += 1) {
            addon.encrypt(client, token, data);
            addon.decrypt(server, token, data);
          }
        },
        sizes(count) {
          let trailer = 0;
          for (let index = 0; index < count; index += 1) trailer += addon.sizes(client).securityTrailer;
          expect(trailer === count * tokenSize, "sizes in the addon");
        },
        close() {
          addon.release(client);
          addon.release(server);
        },
      };
    },
  };
}
