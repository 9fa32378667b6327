import koffi from "koffi";
import { SECBUFFER_DATA, SECBUFFER_TOKEN, SECPKG_ATTR_SIZES } from "../generated/sspi/constants.ts";
import { SecBuffer, SecBufferDesc } from "../generated/sspi/structs.ts";
import { hostAbi, ownedHandle } from "../src/ctypes/index.ts";
import type { SecurityProvider } from "../src/index.ts";
import { type Contender, expect, type Setting, tokenSize } from "./contender.ts";
import { establishContexts } from "./contender-api.ts";

/**
 * The same native calls through koffi, with every argument prepared before: no library that calls through koffi can be
 * faster. The contexts are the library's own; only calls on them are compared.
 */
export function koffiContender(setting: Setting, provider: SecurityProvider): Contender {
  const library = koffi.load(setting.library);
  const message = "uintptr_t, uintptr_t, uint32_t, uintptr_t";
  const encrypt = library.func("int32_t EncryptMessage(uintptr_t, uint32_t, uintptr_t, uint32_t)");
  const decrypt = library.func(`int32_t DecryptMessage(${message})`);
  const query = library.func("int32_t QueryContextAttributesW(uintptr_t, uint32_t, uintptr_t)");
  return {
    name: "koffi alone",
    establish() {
      const [client, server] = establishContexts(setting, provider);
      const [sender, receiver] = [client[ownedHandle].address, server[ownedHandle].address];
      return {
        protect(count, bytes) {
          const list = new MessageList(bytes);
          for (let index = 0; index < count; index += 1) {
            const status = encrypt(sender, 0, list.address, 0) | decrypt(receiver, list.address, 0, list.quality);
            if (status !== 0) expect(false, "protection through koffi alone");
          }
        },
        sizes(count) {
          const words = new Uint32Array(4);
          const address = koffi.address(words);
          let trailer = 0;
          for (let index = 0; index < count; index += 1) {
            if (query(sender, SECPKG_ATTR_SIZES, address) !== 0) expect(false, "sizes through koffi alone");
            const sizes = { cbMaxToken: words[0], cbMaxSignature: words[1], cbBlockSize: words[2], trailer: words[3] };
            trailer += sizes.trailer as number;
          }
          expect(trailer === count * tokenSize, "sizes through koffi alone");
        },
        close() {
          client.close();
          server.close();
        },
      };
    },
  };
}

/** A `SecBufferDesc` of a token and a message, whose sizes stay the same when they are encrypted in place. */
class MessageList {
  readonly address: bigint;
  readonly quality: bigint;

  constructor(bytes: Buffer) {
    const at = SecBufferDesc.layouts[hostAbi].size;
    const { size } = SecBuffer.layouts[hostAbi];
    const view = new DataView(new ArrayBuffer(at + 2 * size + 8));
    this.address = koffi.address(view.buffer);
    this.quality = this.address + BigInt(at + 2 * size);
    SecBufferDesc.write(view, { cBuffers: 2, pBuffers: this.address + BigInt(at) });
    const data = koffi.address(bytes.buffer) + BigInt(bytes.byteOffset);
    SecBuffer.write(view, { BufferType: SECBUFFER_TOKEN, cbBuffer: tokenSize, pvBuffer: data }, at);
    const message = { cbBuffer: bytes.length - tokenSize, pvBuffer: data + BigInt(tokenSize) };
    SecBuffer.write(view, { BufferType: SECBUFFER_DATA, ...message }, at + size);
  }
}
