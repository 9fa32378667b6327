import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  SECBUFFER_DATA,
  SECBUFFER_READONLY,
  SECBUFFER_READONLY_WITH_CHECKSUM,
  SECBUFFER_STREAM,
  SECBUFFER_TOKEN,
  SECPKG_CONTEXT_EXPORT_TO_KERNEL,
} from "../../generated/sspi/constants.ts";
import {
  SEC_E_INTERNAL_ERROR,
  SEC_E_INVALID_TOKEN,
  SEC_E_OK,
  SEC_E_UNSUPPORTED_FUNCTION,
} from "../../generated/status/constants.ts";
import { securityBuffers } from "../../src/interface/security-buffers.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { handshake, hosted } from "./hosted.ts";
import { descriptorOf, SeenHandles } from "./raw-calls.ts";
import { scriptedHost } from "./scripted/scripted-package.ts";
import { World } from "./steps.ts";
import { sessionsWith, testPackage } from "./test-package.ts";

/** A completed exchange of the test package, and the handle of its client's context. */
function opened(members: object) {
  const { provider, defined } = hosted(testPackage({ openSession: sessionsWith(members) }));
  const seen = new SeenHandles(provider);
  return { provider, defined, pair: handshake(provider), handle: seen.context };
}

const access = fc.constantFrom(0, SECBUFFER_READONLY, SECBUFFER_READONLY_WITH_CHECKSUM);
const parts = fc.array(fc.tuple(access, fc.uint8Array({ minLength: 1, maxLength: 8 })), { maxLength: 6 });

describe("a TypeScript package, called with raw buffers", () => {
  it("signs and verifies all data except SECBUFFER_READONLY, including SECBUFFER_READONLY_WITH_CHECKSUM", () => {
    const given: string[] = [];
    const sign = (message: Buffer): Buffer => {
      given.push(`sign ${message.toString("hex")}`);
      return Buffer.alloc(16);
    };
    const verify = (message: Buffer): boolean => given.push(`verify ${message.toString("hex")}`) > 0;
    const { provider, pair, handle } = opened({ sign, verify });
    using _ = pair;
    fc.assert(
      fc.property(parts, (list) => {
        given.length = 0;
        const memory = keptMemory();
        const buffers = list.map(([flags, bytes]) => [(SECBUFFER_DATA | flags) >>> 0, bytes] as const);
        const message = descriptorOf(memory, ...buffers, [SECBUFFER_TOKEN, new Uint8Array(16)]);
        expect(provider.MakeSignature(handle, 0, message, 0)).toBe(SEC_E_OK);
        expect(provider.VerifySignature(handle, message, 0, 0)).toBe(SEC_E_OK);
        const signed = Buffer.concat(list.filter(([flags]) => flags !== SECBUFFER_READONLY).map(([, bytes]) => bytes));
        expect(given).toEqual([`sign ${signed.toString("hex")}`, `verify ${signed.toString("hex")}`]);
      }),
    );
  });

  it("may decrypt to as many bytes as the sealed data or fewer; one more is refused, and nothing is written", () => {
    let plain = new Uint8Array();
    const { provider, defined, pair, handle } = opened({ unseal: () => plain });
    using _ = pair;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: -2, max: 2 }), (size, more) => {
        fc.pre(size + more >= 0);
        plain = new Uint8Array(size + more).fill(2);
        const sealed = new Uint8Array(size).fill(1);
        const message = descriptorOf(keptMemory(), [SECBUFFER_TOKEN, new Uint8Array(16)], [SECBUFFER_DATA, sealed]);
        const status = provider.DecryptMessage(handle, message, 0, 0);
        expect(status).toBe(more > 0 ? SEC_E_INTERNAL_ERROR : SEC_E_OK);
        expect(securityBuffers(message)[1]?.read()).toEqual(Buffer.from(more > 0 ? sealed : plain));
        if (more > 0)
          expect(String(defined.faults.at(-1)?.error)).toContain(`expected at most ${size} bytes, got ${size + more}`);
      }),
    );
  });

  it("refuses an export with SECPKG_CONTEXT_EXPORT_TO_KERNEL and any other flags, and the session stays usable", () => {
    const exported = (): Buffer => Buffer.from("packed");
    const { provider, pair, handle } = opened({ export: exported });
    using _ = pair;
    const memory = keptMemory();
    for (const flags of [0, 1, 2, 3]) {
      const packed = memory.allocate(16).address;
      const status = provider.ExportSecurityContext(handle, flags | SECPKG_CONTEXT_EXPORT_TO_KERNEL, packed, 0);
      expect([flags, status]).toEqual([flags, SEC_E_UNSUPPORTED_FUNCTION]);
    }
    expect(pair.client.export().packed).toEqual(exported());
  });
});

describe("a host with splitsMessages", () => {
  it("refuses a message shorter than the trailer before the package sees it, and accepts one of the trailer's length", () => {
    const { host, provider, scripted } = scriptedHost();
    const seen = new SeenHandles(provider);
    using made = new World({ host, name: "Scripted" });
    made.pair();
    const mark = Buffer.from("MARK");
    for (let size = 0; size <= mark.length + 2; size += 1) {
      const before = scripted.calls.filter((call) => call === "UnsealMessage").length;
      const content = Buffer.concat([mark, Buffer.from("ab")]).subarray(0, size);
      const stream = [SECBUFFER_STREAM, content] as const;
      const message = descriptorOf(keptMemory(), stream, [SECBUFFER_DATA, new Uint8Array()]);
      const status = provider.DecryptMessage(seen.context, message, 0, 0);
      const after = scripted.calls.filter((call) => call === "UnsealMessage").length;
      if (size < mark.length) {
        expect([size, status, after - before]).toEqual([size, SEC_E_INVALID_TOKEN, 0]);
        expect(securityBuffers(message)[0]).toMatchObject({ type: SECBUFFER_STREAM, size });
      } else {
        expect([size, status, after - before]).toEqual([size, SEC_E_OK, 1]);
        expect(securityBuffers(message)[1]?.read()).toEqual(content.subarray(mark.length));
      }
    }
  });
});
