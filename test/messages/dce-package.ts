import { createHmac } from "node:crypto";
import {
  SECBUFFER_DATA,
  SECBUFFER_READONLY,
  SECBUFFER_READONLY_WITH_CHECKSUM,
  SECBUFFER_TOKEN,
} from "../../generated/sspi/constants.ts";
import { SEC_E_MESSAGE_ALTERED, SEC_E_OK } from "../../generated/status/constants.ts";
import type { MessageBuffer, MessagePart } from "../../src/index.ts";
import type { MessageCall, Script } from "../scripted/scripted-script.ts";

/** Stands for encryption. */
export const invert = (bytes: Uint8Array): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));
export const signed = (SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM) >>> 0;
export const left = (SECBUFFER_DATA | SECBUFFER_READONLY) >>> 0;

/** The token: computed over the plaintext of everything that is signed. */
function mac({ buffers }: MessageCall, plain: (type: number, bytes: Buffer) => Buffer): Buffer {
  const hash = createHmac("sha256", "key");
  for (const { type, bytes } of buffers.all)
    if (type === SECBUFFER_DATA || type === signed) hash.update(plain(type, bytes));
  return hash.digest().subarray(0, 16);
}

const plain = (_: number, bytes: Buffer): Buffer => bytes;
const sealedPlain = (type: number, bytes: Buffer): Buffer => (type === SECBUFFER_DATA ? invert(bytes) : bytes);

/**
 * A package in DCE style: it encrypts data in place, and its token protects the data and the parts that are read-only
 * and signed.
 */
export function dce(): Script {
  const eachData = ({ buffers }: MessageCall): void =>
    buffers.all.forEach(({ type, bytes }, index) => {
      if (type === SECBUFFER_DATA) buffers.fill(index, invert(bytes));
    });
  const tokenOf = ({ buffers }: MessageCall): number => buffers.types.indexOf(SECBUFFER_TOKEN);
  const put = (call: MessageCall, token: Buffer): void => call.buffers.fill(tokenOf(call), token);
  const holds = (call: MessageCall, token: Buffer): boolean =>
    call.buffers.all[tokenOf(call)]?.bytes.equals(token) === true;
  return {
    encrypt(call) {
      put(call, mac(call, plain));
      eachData(call);
      return SEC_E_OK;
    },
    decrypt(call) {
      if (!holds(call, mac(call, sealedPlain))) return SEC_E_MESSAGE_ALTERED;
      eachData(call);
      return SEC_E_OK;
    },
    sign(call) {
      put(call, mac(call, plain));
      return SEC_E_OK;
    },
    verify: (call) => (holds(call, mac(call, plain)) ? SEC_E_OK : SEC_E_MESSAGE_ALTERED),
  };
}

/** The bytes that are used of each buffer. */
export const bytesOf = (parts: readonly MessagePart[]): Buffer[] => parts.map(({ bytes }) => bytes);

/** The list with the package's changes. */
export const received = (list: readonly MessageBuffer[], parts: readonly MessagePart[]): MessageBuffer[] =>
  list.map((buffer, index) => ({ ...buffer, bytes: Buffer.from(parts[index]?.bytes ?? []) }));

/** The parts of a remote procedure call. */
export const call = (): MessageBuffer[] => [
  { type: "data", bytes: Buffer.from("header"), access: "readonlyWithChecksum" },
  { type: "data", bytes: Buffer.from("the body") },
  { type: "data", bytes: Buffer.from("trailer"), access: "readonlyWithChecksum" },
  { type: "token" },
];
