import { once } from "node:events";
import type { Duplex } from "node:stream";
import { element } from "./ber.ts";

/** Numbers of RDP, lowest byte first. */
function little(size: 2 | 4, ...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(size * values.length);
  for (const [index, value] of values.entries()) bytes.writeUIntLE(value, index * size, size);
  return bytes;
}

/** A block of a client's description of itself, with its length in front. */
function block(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([little(2, type, body.length + 4), body]);
}

/** A length of PER in two bytes. */
const perLength = (length: number): Buffer => Buffer.from([0x80 | (length >> 8), length & 0xff]);

/** @see MS-RDPBCGR, 2.2.1.3.2 and 2.2.1.3.3 */
function clientData(): Buffer {
  const core = block(
    0xc001,
    ...[little(4, 0x0008_0004), little(2, 640, 480, 0xca01, 0xaa03), little(4, 0x0409, 2600)],
    ...[Buffer.from("suite".padEnd(16, "\0"), "utf16le"), little(4, 4, 0, 12), Buffer.alloc(64)],
    ...[little(2, 0xca01, 1), little(4, 0), little(2, 24, 7, 1), Buffer.alloc(64), Buffer.alloc(2), little(4, 2)],
  );
  return Buffer.concat([core, block(0xc002, little(4, 0, 0))]);
}

/** The first message of a client of remote desktops behind CredSSP. @see MS-RDPBCGR, 2.2.1.3 */
export function connectInitial(): Buffer {
  const data = clientData();
  const create = Buffer.concat([Buffer.from("000800100001c00044756361", "hex"), perLength(data.length), data]);
  const conference = Buffer.concat([Buffer.from("000500147c0001", "hex"), perLength(create.length), create]);
  const parameters = (...values: readonly number[]): Buffer =>
    element(0x30, ...values.map((value) => element(0x02, Buffer.from([value >> 8, value & 0xff]))));
  const content = Buffer.concat([
    ...[element(0x04, Buffer.from([1])), element(0x04, Buffer.from([1])), element(0x01, Buffer.from([0xff]))],
    parameters(34, 2, 0, 1, 0, 1, 0x7fff, 2),
    parameters(1, 1, 1, 1, 0, 1, 0x420, 2),
    parameters(0x7fff, 0x7c17, 0x7fff, 1, 0, 1, 0x7fff, 2),
    element(0x04, conference),
  ]);
  // The tag has two bytes: application 101.
  const initial = Buffer.concat([Buffer.from([0x7f]), element(0x65, content)]);
  const packet = Buffer.concat([Buffer.from([3, 0, 0, 0, 2, 0xf0, 0x80]), initial]);
  packet.writeUInt16BE(packet.length, 2);
  return packet;
}

/**
 * Whether a server continues with RDP: it does so where it accepted the logon and the password, and hangs up otherwise.
 */
export async function speaksRdp(stream: Duplex): Promise<boolean> {
  stream.write(connectInitial());
  const answered = once(stream, "data") as Promise<[Buffer]>;
  const [answer] = await Promise.race([answered, once(stream, "close").then((): [Buffer] => [Buffer.alloc(0)])]);
  return answer.subarray(4, 9).toString("hex") === "02f0807f66";
}
