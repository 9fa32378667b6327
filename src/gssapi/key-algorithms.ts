/** The algorithms with which a Kerberos encryption type protects messages (IANA's registry of Kerberos parameters). */
export interface KeyAlgorithms {
  readonly encryption: string;
  readonly signature: string;
  /** The checksum type that belongs to the encryption type. */
  readonly checksumType: number;
}

const known: Readonly<Record<number, KeyAlgorithms>> = {
  17: { encryption: "aes128-cts-hmac-sha1-96", signature: "hmac-sha1-96-aes128", checksumType: 15 },
  18: { encryption: "aes256-cts-hmac-sha1-96", signature: "hmac-sha1-96-aes256", checksumType: 16 },
  19: { encryption: "aes128-cts-hmac-sha256-128", signature: "hmac-sha256-128-aes128", checksumType: 19 },
  20: { encryption: "aes256-cts-hmac-sha384-192", signature: "hmac-sha384-192-aes256", checksumType: 20 },
  23: { encryption: "rc4-hmac", signature: "hmac-md5", checksumType: 0xffff_ff76 },
};

export function keyAlgorithms(encryptionType: number): KeyAlgorithms {
  return known[encryptionType] ?? { encryption: "unknown", signature: "unknown", checksumType: 0 };
}

/** DES, triple DES and RC4: RFC 1964 and RFC 4757 define the message protection of these types, not RFC 4121. */
const older: readonly number[] = [1, 2, 3, 16, 23, 24];

/** Whether message tokens are framed like the tokens of legs. */
export function hasFramedTokens(encryptionType: number): boolean {
  return older.includes(encryptionType);
}
