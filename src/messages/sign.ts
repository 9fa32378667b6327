import { SECBUFFER_DATA, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { checkBytes, leaseWorkspace, returnWorkspace } from "../memory/index.ts";
import { check } from "../status/index.ts";
import { type Channel, type ProtectOptions, qualityOf, sequenceOf, type UnprotectOptions } from "./channel.ts";

/** The signature of a message, in a new buffer. */
export function sign(channel: Channel, message: Uint8Array, options?: ProtectOptions): Buffer<ArrayBuffer> {
  const data = checkBytes(message, "message");
  const [quality, sequence] = [qualityOf(options), sequenceOf(options)];
  const workspace = leaseWorkspace();
  try {
    const { arena, message: buffers } = workspace;
    const copy = arena.write(data);
    const token = arena.allocate(channel.signature);
    buffers.length = 2;
    buffers.set(0, SECBUFFER_DATA, copy.address, data.length);
    buffers.set(1, SECBUFFER_TOKEN, token.address, channel.signature);
    check("MakeSignature", channel.provider.MakeSignature(channel.handle, quality, buffers.address, sequence));
    return Buffer.from(token.bytes(buffers.size(1)));
  } finally {
    returnWorkspace(workspace);
  }
}

/** Throws unless the signature is the peer's for this message, in its place of the sequence. */
export function verify(channel: Channel, message: Uint8Array, signature: Uint8Array, options?: UnprotectOptions): void {
  const data = checkBytes(message, "message");
  const token = checkBytes(signature, "signature");
  const sequence = sequenceOf(options);
  const workspace = leaseWorkspace();
  try {
    const { arena, message: buffers } = workspace;
    buffers.length = 2;
    buffers.set(0, SECBUFFER_DATA, arena.write(data).address, data.length);
    buffers.set(1, SECBUFFER_TOKEN, arena.write(token).address, token.length);
    workspace.clearQuality();
    const { provider, handle } = channel;
    check("VerifySignature", provider.VerifySignature(handle, buffers.address, sequence, workspace.qualityAddress));
  } finally {
    returnWorkspace(workspace);
  }
}
