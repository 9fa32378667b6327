import { join } from "node:path";
import { promisify } from "node:util";
import koffi from "koffi";
import { type Contender, expect } from "./contender.ts";
import { type GssapiSetting, kerberosToken } from "./gssapi-setting.ts";

/** gssapi.c, loaded into this process, as `baseline.c` is. It acquires a credential for each context. */
export function gssapiCContender(name: string, { native, library, package: package_ }: GssapiSetting): Contender {
  const baseline = koffi.load(join(native, "gssapi.so"));
  const load = baseline.func("int gssapiLoad(const char *, int)");
  const handshakes = baseline.func("int gssapiHandshakes(int)");
  const establish = baseline.func("int gssapiEstablish()");
  const close = baseline.func("void gssapiClose()");
  const protect = baseline.func("int gssapiProtect(int, uint8_t *, uint32_t, uint32_t)");
  expect(load(library, package_ === "Negotiate" ? 1 : 0) === 0, `loading ${library}`);
  return {
    name,
    handshakes: (count) => expect(handshakes(count) === 0, "handshake in C"),
    establish() {
      expect(establish() === 0, "handshake in C");
      return {
        protect: (count, bytes) =>
          expect(protect(count, bytes, kerberosToken, bytes.length - kerberosToken) === 0, "protection in C"),
        close: () => close(),
      };
    },
  };
}

/**
 * A handshake in C in three asynchronous calls through koffi, as many as it has legs: the first two only cross to
 * another thread and back, the last one does the work. No library that calls legs through koffi can be faster.
 */
export function gssapiAsyncFloor({ native, library }: GssapiSetting): Contender {
  const baseline = koffi.load(join(native, "gssapi.so"));
  const load = baseline.func("int gssapiLoad(const char *, int)");
  const handshakes = baseline.func("int gssapiHandshakes(int)");
  expect(load(library, 0) === 0, `loading ${library}`);
  const called = promisify(handshakes.async) as (count: number) => Promise<number>;
  return {
    name: "koffi alone",
    async handshakes(count) {
      for (let index = 0; index < count; index += 1)
        for (const work of [0, 0, 1]) expect((await called(work)) === 0, "handshake in C");
    },
  };
}
