import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import type { NativeMemory } from "../../src/interface/native-memory.ts";
import type { SecurityProvider } from "../../src/native/index.ts";

/** The addresses of the newest context's and credential's handles, taken from the calls of the provider. */
export class SeenHandles {
  context = 0;
  credential = 0;

  constructor(provider: SecurityProvider) {
    const { InitializeSecurityContextW, AcquireCredentialsHandleW } = provider;
    provider.InitializeSecurityContextW = (...args) => {
      const status = InitializeSecurityContextW(...args);
      this.context = Number(args[8]);
      return status;
    };
    provider.AcquireCredentialsHandleW = (...args) => {
      this.credential = Number(args[7]);
      return AcquireCredentialsHandleW(...args);
    };
  }
}

/** Makes a SecBufferDesc of buffers given by type and content; `memory` must stay alive during the call. */
export function descriptorOf(
  memory: NativeMemory,
  ...buffers: readonly (readonly [type: number, content: Uint8Array])[]
): number {
  const { size } = SecBuffer.layouts[hostAbi];
  const list = memory.allocate(size * buffers.length);
  buffers.forEach(([BufferType, content], index) => {
    const pvBuffer = BigInt(memory.bytes(content).address);
    SecBuffer.write(list.view, { BufferType, cbBuffer: content.length, pvBuffer }, index * size);
  });
  return memory.struct(SecBufferDesc, { ulVersion: 0, cBuffers: buffers.length, pBuffers: BigInt(list.address) })
    .address;
}
