export {
  type Channel,
  type DecryptOptions,
  MessageStyleError,
  type ProtectOptions,
  type RecordSizes,
  type UnprotectOptions,
} from "./channel.ts";
export { decrypt, decryptInPlace } from "./decrypt.ts";
export { decryptStream, decryptStreamInPlace } from "./decrypt-stream.ts";
export { encrypt, encryptInPlace } from "./encrypt.ts";
export { NotEncryptedError } from "./quality.ts";
export { sign, verify } from "./sign.ts";
export type { StreamRead } from "./stream-read.ts";
