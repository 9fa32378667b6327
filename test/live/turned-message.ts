/** A sealed message of RFC 4121, rotated by another number of bytes (4.2.5). */
export function turned(message: Buffer, by: number): Buffer {
  const [header, body] = [Buffer.from(message.subarray(0, 16)), message.subarray(16)];
  const from = (message.readUInt16BE(6) - by) % body.length;
  header.writeUInt16BE(by, 6);
  return Buffer.concat([header, body.subarray(from), body.subarray(0, from)]);
}
