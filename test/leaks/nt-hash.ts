/** The shifts of MD4's three rounds, in turns of four steps. */
const shifts = [
  [3, 7, 11, 19],
  [3, 5, 9, 13],
  [3, 9, 11, 15],
] as const;
/** In which order a round takes the words of a block. */
const orders = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
] as const;
const added = [0, 0x5a82_7999, 0x6ed9_eba1] as const;
const mixed = [
  (x: number, y: number, z: number) => (x & y) | (~x & z),
  (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
  (x: number, y: number, z: number) => x ^ y ^ z,
] as const;

/** The NT hash of a password, in hexadecimal digits: MD4 (RFC 1320) of its UTF-16. OpenSSL 3 has it only as an extra. */
export function ntHash(password: string): string {
  const state = new Uint32Array([0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]);
  const blocks = padded(Buffer.from(password, "utf16le"));
  for (let at = 0; at < blocks.length; at += 64) digestBlock(state, blocks.subarray(at, at + 64));
  return Buffer.from(state.buffer).toString("hex");
}

function padded(bytes: Buffer): Buffer {
  const whole = Buffer.alloc((Math.floor((bytes.length + 8) / 64) + 1) * 64);
  bytes.copy(whole);
  whole[bytes.length] = 0x80;
  whole.writeUInt32LE(bytes.length * 8, whole.length - 8);
  return whole;
}

function digestBlock(state: Uint32Array, block: Buffer): void {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (const round of [0, 1, 2] as const)
    for (const [step, word] of orders[round].entries()) {
      const sum = (a + mixed[round](b, c, d) + block.readUInt32LE(word * 4) + added[round]) | 0;
      const shift = shifts[round][step % 4] as number;
      [a, b, c, d] = [d, (sum << shift) | (sum >>> (32 - shift)), b, c];
    }
  for (const [index, value] of [a, b, c, d].entries()) state[index] = (state[index] as number) + value;
}
