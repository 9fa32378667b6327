import { join } from "node:path";
import koffi from "koffi";
import { type Contender, expect, type Setting } from "./contender.ts";

/**
 * baseline.c, loaded into this process: it has the same allocator and the same neighbours as the others.
 * A call runs a whole slice, so the call itself is not measurable.
 */
export function cContender(name: string, { library, samFile, native }: Setting): Contender {
  const baseline = koffi.load(join(native, "baseline.so"));
  const load = baseline.func("int baselineLoad(const char *, const char *)");
  const handshakes = baseline.func("int baselineHandshakes(int, int)");
  const establish = baseline.func("int baselineEstablish()");
  const protect = baseline.func("int baselineProtect(int, uint8_t *, uint32_t)");
  const sizes = baseline.func("int baselineSizes(int)");
  expect(load(library, samFile) === 0, `loading ${library}`);
  return {
    name,
    handshakes: (count, reuse) => expect(handshakes(count, reuse ? 1 : 0) === 0, "handshake in C"),
    establish() {
      expect(establish() === 0, "handshake in C");
      return {
        protect: (count, bytes) => expect(protect(count, bytes, bytes.length - 16) === 0, "protection in C"),
        sizes: (count) => expect(sizes(count) === 0, "sizes in C"),
        close: () => {},
      };
    },
  };
}
