import { describe, expect, it } from "vitest";
import { importContext } from "../../src/index.ts";
import { flipped, pskHost, shake, shaken, sides } from "./psk.ts";

const error = (code: string) => expect.objectContaining({ code });
const text = (message: string) => Buffer.from(message);

describe("the embedded package", () => {
  it("never completes the receiving side when any byte of a token is changed", { timeout: 60_000 }, () => {
    const clientHost = pskHost();
    for (let leg = 0; leg < 3; leg += 1) {
      let size = 1;
      for (let at = 0; at < size; at += 1) {
        using pair = sides({ clientHost });
        const change = (token: Buffer, which: number) => {
          if (which !== leg) return token;
          size = token.length;
          return flipped(token, at);
        };
        expect(() => shake(pair, change), `leg ${leg}, byte ${at}`).toThrow(
          /SEC_E_(LOGON_DENIED|INVALID_TOKEN|BAD_BINDINGS)/,
        );
        expect(pair.server.complete).toBe(false);
      }
    }
  });

  it("refuses a message when any byte is changed, and reads the genuine message after that", {
    timeout: 60_000,
  }, () => {
    using pair = shaken({ clientHost: pskHost() });
    const sealed = pair.client.encrypt(text("genuine"));
    for (let at = 0; at < sealed.length; at += 1)
      expect(() => pair.server.decrypt(flipped(sealed, at)), `byte ${at}`).toThrow(error("SEC_E_MESSAGE_ALTERED"));
    expect(pair.server.decrypt(sealed).toString()).toBe("genuine");
    const signature = pair.client.sign(text("signed"));
    for (let at = 0; at < signature.length; at += 1)
      expect(() => pair.server.verify(text("signed"), flipped(signature, at)), `byte ${at}`).toThrow(
        error("SEC_E_MESSAGE_ALTERED"),
      );
    expect(() => pair.server.verify(text("Signed"), signature)).toThrow(error("SEC_E_MESSAGE_ALTERED"));
    pair.server.verify(text("signed"), signature);
  });

  it("refuses an exported session when any byte is changed, or when it is shortened or extended", {
    timeout: 60_000,
  }, () => {
    using pair = shaken({ clientHost: pskHost() });
    const { provider } = pskHost({ keys: {} });
    const { packed } = pair.server.export();
    const refuse = (bytes: Uint8Array, what: string) =>
      expect(() => importContext({ package: "SspiFfiPsk", packed: bytes, provider }), what).toThrow(
        error("SEC_E_INVALID_TOKEN"),
      );
    for (let at = 0; at < packed.length; at += 1) {
      refuse(flipped(packed, at), `byte ${at}`);
      refuse(packed.subarray(0, at), `${at} bytes`);
    }
    refuse(Buffer.concat([packed, Buffer.of(0)]), "a byte more");
  });
});
