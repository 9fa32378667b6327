export { type Channel, MessageStyleError, type RecordSizes } from "./channel.ts";
export { decrypt, decryptInPlace } from "./decrypt.ts";
export { decryptStream, decryptStreamInPlace } from "./decrypt-stream.ts";
export { encrypt, encryptInPlace } from "./encrypt.ts";
export type { BufferAccess, MessageBuffer, MessageBufferType, MessagePart } from "./message-buffer.ts";
export { messageNumbers } from "./message-numbers.ts";
export type { DecryptOptions, ProtectOptions, Quality, UnprotectOptions } from "./options.ts";
export {
  type DecryptedMessage,
  decryptBuffers,
  encryptBuffers,
  signBuffers,
  type VerifiedMessage,
  verifyBuffers,
} from "./protect-buffers.ts";
export { NotEncryptedError } from "./quality.ts";
export { sign, verify } from "./sign.ts";
export type { StreamRead } from "./stream-read.ts";
