import { join } from "node:path";
import koffi from "koffi";
import { GSS_IOV_BUFFER_TYPE_DATA, GSS_IOV_BUFFER_TYPE_HEADER } from "../generated/gssapi/constants.ts";
import { gss_iov_buffer_desc } from "../generated/gssapi/structs.ts";
import { hostAbi } from "../src/ctypes/index.ts";
import { type Contender, expect } from "./contender.ts";
import { type GssapiSetting, kerberosToken } from "./gssapi-setting.ts";

/**
 * The native calls of C through koffi, on the contexts of C, with every argument prepared before: no library that calls
 * through koffi can be faster.
 */
export function gssapiKoffiContender({ native, library }: GssapiSetting): Contender {
  const baseline = koffi.load(join(native, "gssapi.so"));
  const established = baseline.func("uintptr_t gssapiEstablished(int)");
  const gssapi = koffi.load(library);
  const wrap = gssapi.func("uint32_t gss_wrap_iov(uintptr_t, uintptr_t, int, uint32_t, uintptr_t, uintptr_t, int)");
  const unwrap = gssapi.func("uint32_t gss_unwrap_iov(uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, int)");
  // An address keeps no memory alive, so all of it stays in reach of the functions below.
  const cells = new Uint32Array(3);
  const parts = new DataView(new ArrayBuffer(2 * gss_iov_buffer_desc.layouts[hostAbi].size));
  return {
    name: "koffi alone",
    establish() {
      const [client, server] = [established(0), established(1)];
      return {
        protect(count, bytes) {
          describe(parts, bytes);
          const [minor, list] = [Number(koffi.address(cells.buffer)), Number(koffi.address(parts.buffer))];
          const [state, quality] = [minor + 4, minor + 8];
          for (let index = 0; index < count; index += 1) {
            const wrapped = wrap(minor, client, 1, 0, state, list, 2);
            const unwrapped = unwrap(minor, server, state, quality, list, 2);
            if ((wrapped | unwrapped) !== 0) expect(false, "protection through koffi alone");
          }
        },
        // The contender in C closes them.
        close() {},
      };
    },
  };
}

/** Describes a token and a message, whose sizes stay the same when they are encrypted in place. */
function describe(parts: DataView, bytes: Buffer): void {
  const { size } = gss_iov_buffer_desc.layouts[hostAbi];
  const data = koffi.address(bytes.buffer) + BigInt(bytes.byteOffset);
  const token = { length: BigInt(kerberosToken), value: data };
  gss_iov_buffer_desc.write(parts, { type: GSS_IOV_BUFFER_TYPE_HEADER, buffer: token });
  const message = { length: BigInt(bytes.length - kerberosToken), value: data + BigInt(kerberosToken) };
  gss_iov_buffer_desc.write(parts, { type: GSS_IOV_BUFFER_TYPE_DATA, buffer: message }, size);
}
