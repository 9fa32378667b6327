import { expect } from "vitest";
import type { MessageBuffer, SecurityProvider } from "../../../src/index.ts";
import { type Authentication, loggedOn, succeeds } from "./authentication.ts";
import { fateOf } from "./fatal-run.ts";
import type { Observe } from "./probe.ts";
import type { Subject } from "./subjects.ts";

/** The two sides of Wine's NTLM agree on no key, so messages are protected by Kerberos there. */
function talking({ packages: [first = "", second], column }: Subject, provider: SecurityProvider): Authentication {
  return loggedOn({ package: column === "Wine" && second ? second : first, provider });
}

/** Wine's Kerberos needs more memory than it announces. */
const spare = 40;

interface Sealed {
  readonly token: Buffer;
  readonly data: Buffer;
}

function sealed({ client }: Authentication, text: string): Sealed {
  const token = Buffer.from(new ArrayBuffer(client.query("sizes").cbSecurityTrailer + spare));
  const data = Buffer.from(text);
  return { token: token.subarray(0, client.encryptInPlace(token, data)), data };
}

/**
 * The sequence number of a message: of Kerberos (RFC 4121, 4.2.6.2) from byte 8 on, of NTLM (MS-NLMP 2.2.2.9) from byte
 * 12 on. Wine's Kerberos puts the beginning of the sealed bytes into the data.
 */
function numberOf({ token, data }: Sealed): bigint {
  const kerberos = [token, data].find((bytes) => bytes.readUInt16BE() === 0x0504);
  return kerberos ? kerberos.readBigUInt64BE(8) : BigInt(token.readUInt32LE(12));
}

/** The content of a call's memory. */
export const memoryProbes = {
  async allocatesTokens(subject, provider) {
    const { kind } = provider;
    if (kind === "winpr" || kind === "secur32") return (await fateOf("allocatesTokens", provider)).done;
    const request = ["allocateMemory"] as const;
    const [name = ""] = subject.packages;
    return succeeds(() => loggedOn({ package: name, provider, client: { request }, server: { request } }));
  },
  queriesKeysEarly: async (_, provider) => (await fateOf("queriesKeysEarly", provider)).survived,
  countsMessages: (subject, provider) => {
    using sides = talking(subject, provider);
    const [first, second] = ["the first message", "the second message"].map((text) =>
      numberOf(sealed(sides, text)),
    ) as [bigint, bigint];
    return second - first === 1n;
  },
  takesExactTokenRoom: (subject, provider) => {
    using sides = talking(subject, provider);
    const { token } = sealed(sides, "in more room than the token needs");
    return token.length === token.buffer.byteLength;
  },
  writesPadding: ({ packages }, provider) => {
    // NTLM announces no padding.
    using sides = loggedOn({ package: packages.find((name) => name !== "NTLM") ?? "", provider });
    const { cbBlockSize, cbSecurityTrailer } = sides.client.query("sizes");
    expect(cbBlockSize).toBeGreaterThan(0);
    const text = Buffer.from("padded");
    // A buffer that the package left unchanged would have passed for padding.
    return sides.client.encrypt(text).length < cbSecurityTrailer + text.length + cbBlockSize;
  },
  findsTokens: (subject, provider) => {
    using sides = talking(subject, provider);
    const { token, data } = sealed(sides, "in one piece");
    return succeeds(() => sides.server.decrypt(Buffer.concat([token, data])));
  },
  protectsEveryBuffer: (subject, provider) => {
    using sides = talking(subject, provider);
    const room = Buffer.alloc(sides.client.query("sizes").cbSecurityTrailer + spare);
    const list: readonly MessageBuffer[] = [
      { type: "data", bytes: Buffer.from("header"), access: "readonlyWithChecksum" },
      { type: "data", bytes: Buffer.from("body") },
      { type: "token", bytes: room },
    ];
    const parts = sides.client.encryptBuffers(list);
    const changed = list.map((buffer, index) => ({ ...buffer, bytes: Buffer.from(parts[index]?.bytes ?? []) }));
    (changed[0] as { bytes: Buffer }).bytes.write("another");
    return !succeeds(() => sides.server.decryptBuffers(changed));
  },
} as const satisfies Readonly<Record<string, Observe>>;
