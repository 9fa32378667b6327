import fc from "fast-check";
import { expect, it } from "vitest";
import { type ClientContext, type ServerContext, SspiError } from "../../src/index.ts";
import { freshTickets, Kerberos } from "./kerberos.ts";
import type { KerberosProvider } from "./kerberos-providers.ts";

interface Sealed {
  readonly token: Buffer;
  readonly data: Buffer;
}

/** Sealed in place. Wine announces less than it needs, so the buffer is larger. */
function sealed(from: ClientContext | ServerContext, data: Buffer): Sealed {
  const token = Buffer.alloc(from.query("sizes").cbSecurityTrailer + 32);
  return { token: token.subarray(0, from.encryptInPlace(token, data)), data };
}

function opened(to: ClientContext | ServerContext, { token, data }: Sealed): Buffer {
  return data.subarray(0, to.decryptInPlace(token, data));
}

/**
 * The behaviour of Kerberos' messages when they are changed on the way, on any provider: sealed in place, which all
 * providers can.
 */
export function kerberosMessagesSuite({ provider }: KerberosProvider): void {
  freshTickets();

  async function established(): Promise<Kerberos> {
    const kerberos = new Kerberos(provider);
    await kerberos.handshake();
    return kerberos;
  }

  it("go both ways with any content, in buffers that begin anywhere", async () => {
    using kerberos = await established();
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 3_000 }),
        fc.nat(15),
        fc.boolean(),
        (bytes, offset, toServer) => {
          const { client, server } = kerberos;
          const [from, to] = toServer ? [client, server] : [server, client];
          const data = Buffer.alloc(bytes.length + 16).subarray(offset, offset + bytes.length);
          data.set(bytes);
          const message = sealed(from, data);
          if (bytes.length > 8) expect(message.data.equals(bytes)).toBe(false);
          expect(opened(to, message)).toEqual(Buffer.from(bytes));
        },
      ),
      { numRuns: 100 },
    );
  });

  it("may be a mebibyte long", async () => {
    using kerberos = await established();
    const text = Buffer.alloc(1 << 20, "0123456789abcdef-");
    const message = sealed(kerberos.client, Buffer.from(text));
    expect(message.data.equals(text)).toBe(false);
    expect(opened(kerberos.server, message).equals(text)).toBe(true);
  });

  it("that were changed anywhere on the way are refused", async () => {
    using kerberos = await established();
    const sound = sealed(kerberos.client, Buffer.from("a message"));
    const copied = ({ token, data }: Sealed): Sealed => ({ token: Buffer.from(token), data: Buffer.from(data) });
    const length = sound.token.length + sound.data.length;
    for (let at = 0; at < length; at += 1) {
      const { token, data } = copied(sound);
      const [part, index] = at < token.length ? [token, at] : [data, at - token.length];
      part[index] = (part[index] as number) ^ 0x01;
      expect(() => opened(kerberos.server, { token, data }), `byte ${at}`).toThrow(
        expect.objectContaining({ name: "SspiError", operation: "DecryptMessage" }),
      );
    }
    expect(opened(kerberos.server, sound).toString()).toBe("a message");
  });

  it("that were not sealed are refused, whatever their header says", async () => {
    using kerberos = await established();
    const { token } = sealed(kerberos.client, Buffer.from("a message"));
    for (let bit = 0; bit < 128; bit += 1) {
      const forged = Buffer.from(token);
      forged[bit >> 3] = (forged[bit >> 3] as number) ^ (1 << (bit & 7));
      const data = Buffer.from("an order!");
      expect(() => opened(kerberos.server, { token: forged, data }), `byte ${bit >> 3}, bit ${bit & 7}`).toThrow(
        expect.objectContaining({ name: "SspiError", operation: "DecryptMessage" }),
      );
    }
  });

  it("whose header points behind them cause no write there", async () => {
    using kerberos = await established();
    const { token } = sealed(kerberos.client, Buffer.from("a message"));
    for (let extra = 1; extra < 64; extra += 1) {
      const memory = Buffer.alloc(token.length + 64, 0xaa);
      memory.set(token);
      memory.writeUInt16BE(extra, 4);
      const forged = { token: memory.subarray(0, token.length), data: Buffer.from("an order!") };
      expect(() => opened(kerberos.server, forged), `${extra} bytes of filler`).toThrow(SspiError);
      expect(memory.subarray(token.length).equals(Buffer.alloc(64, 0xaa)), `${extra} bytes of filler`).toBe(true);
    }
  });

  it("that are cut, replayed or of another exchange are refused with a typed error", async () => {
    using kerberos = await established();
    using other = await established();
    const refused = ({ token, data }: Sealed): void => {
      expect(() => opened(kerberos.server, { token, data: Buffer.from(data) })).toThrow(SspiError);
    };
    const first = sealed(kerberos.client, Buffer.from("first"));
    const again = { token: Buffer.from(first.token), data: Buffer.from(first.data) };
    expect(opened(kerberos.server, first).toString()).toBe("first");
    refused(again);
    refused(sealed(other.client, Buffer.from("foreign")));
    const cut = sealed(kerberos.client, Buffer.from("cut off"));
    refused({ token: cut.token, data: cut.data.subarray(0, -1) });
    refused({ token: cut.token.subarray(0, -1), data: cut.data });
    refused({ token: Buffer.alloc(60), data: Buffer.alloc(64) });
  });
}
