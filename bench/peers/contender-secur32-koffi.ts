import koffi from "koffi";
import { ASC_REQ, ISC_REQ, SECBUFFER_TOKEN, SECPKG_CRED } from "../../generated/sspi/constants.ts";
import { SecBuffer, SecBufferDesc } from "../../generated/sspi/structs.ts";
import { SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { flagBits } from "../../src/values/index.ts";
import { kerberosFlags } from "../api-contexts.ts";
import { type Contender, expect, target } from "../contender.ts";

const cbMaxToken = 12_000;
const nativeRepresentation = 0x10;
const clientFlags = flagBits(ISC_REQ, kerberosFlags, "flags");
const serverFlags = flagBits(ASC_REQ, kerberosFlags, "flags");
const address = "uintptr_t";

function functions() {
  const library = koffi.load("secur32.dll");
  const func = (name: string, ...parameters: readonly string[]) =>
    library.func(`int32_t ${name}(${parameters.join(", ")})`);
  const p = address;
  return {
    enumerate: func("EnumerateSecurityPackagesW", p, p),
    freeBuffer: func("FreeContextBuffer", p),
    acquire: func("AcquireCredentialsHandleW", p, p, "uint32_t", p, p, p, p, p, p),
    free: func("FreeCredentialsHandle", p),
    initialize: func(
      "InitializeSecurityContextW",
      p,
      p,
      p,
      "uint32_t",
      "uint32_t",
      "uint32_t",
      p,
      "uint32_t",
      p,
      p,
      p,
      p,
    ),
    accept: func("AcceptSecurityContext", p, p, p, "uint32_t", "uint32_t", p, p, p, p),
    remove: func("DeleteSecurityContext", p),
  };
}

/**
 * The same native calls through koffi, with every argument prepared before, and nothing read of what they give: no
 * library that calls through koffi can be faster.
 */
export function secur32KoffiContender(): Contender {
  const secur32 = functions();
  const room = new Room();
  const [outbound, inbound, spare] = [room.handle(), room.handle(), room.handle()];
  const [client, server, ignored] = [room.handle(), room.handle(), room.handle()];
  const [negotiate, service] = [room.text("Negotiate"), room.text(target)];
  const [hello, answer] = [room.token(), room.token()];
  const acquire = (use: number, handle: number): void => {
    const status = secur32.acquire(0, negotiate, use, 0, 0, 0, 0, handle, ignored);
    if (status !== 0) expect(false, "acquiring through koffi alone");
  };
  const initialize = (context: number, token: number, output: Token): number => {
    output.reset();
    const { list } = output;
    const { initialize: call } = secur32;
    const drep = nativeRepresentation;
    return call(outbound, context, service, clientFlags, 0, drep, token, 0, client, list, ignored, ignored + 8);
  };
  acquire(SECPKG_CRED.outbound, outbound);
  acquire(SECPKG_CRED.inbound, inbound);
  return {
    name: "koffi alone",
    handshakes(count) {
      for (let index = 0; index < count; index += 1) {
        const begun = initialize(0, 0, hello);
        answer.reset();
        const drep = nativeRepresentation;
        const { list } = answer;
        const taken = secur32.accept(inbound, 0, hello.list, serverFlags, drep, server, list, ignored, ignored + 8);
        const ended = initialize(client, answer.list, hello);
        const outcome = begun === SEC_I_CONTINUE_NEEDED && taken === 0 && ended === 0;
        if (!outcome) expect(false, "handshake through koffi alone");
        secur32.remove(client);
        secur32.remove(server);
      }
    },
    lists(count) {
      for (let index = 0; index < count; index += 1) {
        if (secur32.enumerate(ignored, spare) !== 0) expect(false, "list through koffi alone");
        secur32.freeBuffer(room.pointer(spare));
      }
    },
    acquisitions(count) {
      for (let index = 0; index < count; index += 1) {
        acquire(SECPKG_CRED.outbound, spare);
        secur32.free(spare);
      }
    },
    close() {
      for (const credential of [outbound, inbound]) secur32.free(credential);
    },
  };
}

/** A list of one buffer for a token, whose size a call changes to the token's. */
interface Token {
  readonly list: number;
  /** Lets the next call use all of the buffer. */
  reset(): void;
}

/** Memory whose parts have addresses that stay. */
class Room {
  readonly #view = new DataView(new ArrayBuffer(1 << 16));
  readonly #start = Number(koffi.address(this.#view.buffer));
  #used = 0;

  handle(): number {
    return this.#take(16);
  }

  text(value: string): number {
    const bytes = Buffer.from(`${value}\0`, "utf16le");
    const at = this.#take(bytes.length);
    Buffer.from(this.#view.buffer).set(bytes, at - this.#start);
    return at;
  }

  token(): Token {
    const [list, buffer] = [
      this.#take(SecBufferDesc.layouts[hostAbi].size),
      this.#take(SecBuffer.layouts[hostAbi].size),
    ];
    const bytes = this.#take(cbMaxToken);
    const view = this.#view;
    const at = buffer - this.#start;
    SecBufferDesc.write(view, { cBuffers: 1, pBuffers: BigInt(buffer) }, list - this.#start);
    SecBuffer.write(view, { BufferType: SECBUFFER_TOKEN, cbBuffer: cbMaxToken, pvBuffer: BigInt(bytes) }, at);
    return { list, reset: () => view.setUint32(at, cbMaxToken, true) };
  }

  pointer(at: number): bigint {
    return this.#view.getBigUint64(at - this.#start, true);
  }

  #take(size: number): number {
    const at = this.#used;
    this.#used = Math.ceil((at + size) / 16) * 16;
    return this.#start + at;
  }
}
