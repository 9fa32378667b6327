import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { expect, it, onTestFinished } from "vitest";
import { importContext } from "../../src/index.ts";
import { embeddedPackage } from "../../src/packages.ts";
import { timesZeroed, watchZeroing } from "../memory/zeroed-bytes.ts";
import { expectUnderstanding } from "./hosted.ts";
import { pskHost, shaken } from "./psk.ts";

/** Records everything that hkdfSync derives while the test runs. */
function watchDerivations(): ArrayBuffer[] {
  const derived: ArrayBuffer[] = [];
  const { hkdfSync } = crypto;
  const watched: typeof hkdfSync = (...args) => {
    const secret = hkdfSync(...args);
    derived.push(secret);
    return secret;
  };
  const replace = (made: typeof hkdfSync): void => {
    crypto.hkdfSync = made;
    syncBuiltinESMExports();
  };
  replace(watched);
  onTestFinished(() => replace(hkdfSync));
  return derived;
}

const isZero = (bytes: ArrayBuffer): boolean => Buffer.from(bytes).equals(Buffer.alloc(bytes.byteLength));

it("a plaintext whose authentication fails is zeroed in the buffer where it was decrypted", () => {
  using pair = shaken({ clientHost: pskHost() });
  const message = "a message that nobody has vouched for";
  const sealed = pair.client.encrypt(Buffer.from(message));
  // The token's last byte is part of the authentication tag, so decryption still yields the original message.
  const trailer = pair.client.query("sizes").cbSecurityTrailer;
  sealed[trailer - 1] = (sealed[trailer - 1] ?? 0) ^ 1;
  const zeroed = watchZeroing();
  expect(() => pair.server.decrypt(sealed)).toThrow(/SEC_E_MESSAGE_ALTERED/);
  expect(timesZeroed(zeroed, message)).toBe(1);
});

it("keys derived from a secret are zeroed after use, and the session's secret with the session", () => {
  const derived = watchDerivations();
  const host = pskHost();
  const { provider } = host;
  {
    using pair = shaken({ clientHost: host });
    expectUnderstanding(pair.client, pair.server);
    using imported = importContext({ ...pair.server.export({ deleteOld: true }), package: embeddedPackage, provider });
    expectUnderstanding(imported, pair.client);
    const packed = pair.client.export({}).packed;
    packed[packed.length - 1] = (packed.at(-1) ?? 0) ^ 1;
    expect(() => importContext({ package: embeddedPackage, packed, provider })).toThrow(/SEC_E_INVALID_TOKEN/);
  }
  expect(derived.length).toBeGreaterThan(20);
  expect(derived.filter((secret) => !isZero(secret))).toEqual([]);
});
