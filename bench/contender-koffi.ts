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
      const list = new MessageList();
      const words = new Uint32Array(new ArrayBuffer(16));
      const address = koffi.address(words.buffer);
      return {
        protect(count, bytes) {
          list.describe(bytes);
          for (let index = 0; index < count; index += 1) {
            const status = encrypt(sender, 0, list.address, 0) | decrypt(receiver, list.address, 0, list.quality);
            if (status !== 0) expect(false, "protection through koffi alone");
          }
        },
        sizes(count) {
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
  readonly #at = SecBufferDesc.layouts[hostAbi].size;
  readonly #size = SecBuffer.layouts[hostAbi].size;
  /** Kept with its address, which keeps no memory alive. */
  readonly #view = new DataView(new ArrayBuffer(this.#at + 2 * this.#size + 8));
  readonly address = koffi.address(this.#view.buffer);
  readonly quality = this.address + BigInt(this.#at + 2 * this.#size);

  describe(bytes: Buffer): void {
    SecBufferDesc.write(this.#view, { cBuffers: 2, pBuffers: this.address + BigInt(this.#at) });
    const data = koffi.address(bytes.buffer) + BigInt(bytes.byteOffset);
    SecBuffer.write(this.#view, { BufferType: SECBUFFER_TOKEN, cbBuffer: tokenSize, pvBuffer: data }, this.#at);
    const message = { cbBuffer: bytes.length - tokenSize, pvBuffer: data + BigInt(tokenSize) };
    SecBuffer.write(this.#view, { BufferType: SECBUFFER_DATA, ...message }, this.#at + this.#size);
  }
}
