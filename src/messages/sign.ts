import { SECBUFFER_DATA, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { leaseWorkspace, returnWorkspace } from "../memory/index.ts";
import { checkBytes } from "../values/index.ts";
import type { Channel } from "./channel.ts";
import { callSign, callVerify } from "./native-calls.ts";
import { type ProtectOptions, protectionOf, type UnprotectOptions, verificationOf } from "./options.ts";
import { returnedSize } from "./returned-size.ts";

/** Signs a message and returns the signature in a new buffer. */
export function sign(channel: Channel, message: Uint8Array, options?: ProtectOptions): Buffer<ArrayBuffer> {
  const { quality, sequence } = protectionOf(options);
  const data = checkBytes(message, "message");
  const workspace = leaseWorkspace();
  try {
    const { arena, message: buffers } = workspace;
    const copy = arena.write(data);
    const token = arena.allocate(channel.signature);
    token.zero();
    buffers.length = 2;
    buffers.set(0, SECBUFFER_DATA, copy.address, copy.size);
    buffers.set(1, SECBUFFER_TOKEN, token.address, channel.signature);
    callSign(channel, workspace, quality, sequence);
    return Buffer.from(token.bytes(returnedSize("MakeSignature", buffers, 1, token.address, token.size)));
  } finally {
    returnWorkspace(workspace);
  }
}

/** Throws unless the signature is the peer's for this message and its sequence number. */
export function verify(channel: Channel, message: Uint8Array, signature: Uint8Array, options?: UnprotectOptions): void {
  const { sequence } = verificationOf(options);
  const data = checkBytes(message, "message");
  const token = checkBytes(signature, "signature");
  const workspace = leaseWorkspace();
  try {
    const { arena, message: buffers } = workspace;
    buffers.length = 2;
    const [copy, seal] = [arena.write(data), arena.write(token)];
    buffers.set(0, SECBUFFER_DATA, copy.address, copy.size);
    buffers.set(1, SECBUFFER_TOKEN, seal.address, seal.size);
    callVerify(channel, workspace, sequence);
  } finally {
    returnWorkspace(workspace);
  }
}
