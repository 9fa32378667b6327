export type { Channel, DecryptOptions, ProtectOptions, UnprotectOptions } from "./channel.ts";
export { decrypt, decryptInPlace, NotEncryptedError } from "./decrypt.ts";
export { encrypt, encryptInPlace } from "./encrypt.ts";
export { sign, verify } from "./sign.ts";
