import { leaseWorkspace, returnWorkspace, type Workspace } from "../memory/index.ts";
import { type StatusCode, statusFact } from "../status/index.ts";
import { BufferMemory } from "./buffer-memory.ts";
import type { Channel } from "./channel.ts";
import { checkBuffers, type MessageBuffer, type MessagePart, signedAlike } from "./message-buffer.ts";
import { callDecrypt, callEncrypt, callSign, callVerify, recordRead } from "./native-calls.ts";
import {
  type DecryptOptions,
  type ProtectOptions,
  protectionOf,
  type UnprotectOptions,
  unprotectionOf,
  verificationOf,
} from "./options.ts";
import { isEncrypted } from "./quality.ts";

/** What a package reports about a message whose signature it has verified. */
export interface VerifiedMessage {
  /** The status of the call: one of its success statuses. */
  readonly code: StatusCode;
  /** `pfQOP`: how the peer protected the message, as a number that the package defines. */
  readonly quality: number;
}

/** The result of decrypting a message. */
export interface DecryptedMessage extends VerifiedMessage {
  /** False for a message that was only signed (`SECQOP_WRAP_NO_ENCRYPT`). */
  readonly encrypted: boolean;
  /** The buffers, in the order in which they were given. */
  readonly parts: readonly MessagePart[];
}

/** Encrypts a message that consists of several buffers, in copies of them or in place. */
export function encryptBuffers(
  channel: Channel,
  buffers: readonly MessageBuffer[],
  options: ProtectOptions | undefined,
  copies: boolean,
): readonly MessagePart[] {
  const checked = checkBuffers(buffers);
  const { quality, sequence } = protectionOf(options);
  const memory = new BufferMemory("EncryptMessage", channel, checked, copies);
  return withList(channel, memory, (workspace) => {
    callEncrypt(channel, workspace, quality, sequence);
    return memory.parts(workspace.message);
  });
}

/** Decrypts a message that consists of several buffers, in copies of them or in place. */
export function decryptBuffers(
  channel: Channel,
  buffers: readonly MessageBuffer[],
  options: DecryptOptions | undefined,
  copies: boolean,
): DecryptedMessage {
  const checked = checkBuffers(buffers);
  const { sequence, allowUnencrypted } = unprotectionOf(options);
  const memory = new BufferMemory("DecryptMessage", channel, checked, copies);
  return withList(channel, memory, (workspace) => {
    const successes = channel.records && recordRead;
    const { code } = statusFact(callDecrypt(channel, workspace, sequence, allowUnencrypted, successes));
    const { quality, message } = workspace;
    return { code, quality, encrypted: isEncrypted(quality), parts: memory.parts(message) };
  });
}

/** Signs a message that consists of several buffers, one of them a token; the caller's buffers are not changed. */
export function signBuffers(
  channel: Channel,
  buffers: readonly MessageBuffer[],
  options: ProtectOptions | undefined,
): readonly MessagePart[] {
  const checked = checkBuffers(buffers);
  const { quality, sequence } = protectionOf(options);
  const memory = new BufferMemory("MakeSignature", channel, signedAlike(checked), true);
  return withList(channel, memory, (workspace) => {
    callSign(channel, workspace, quality, sequence);
    return memory.parts(workspace.message);
  });
}

/** Verifies a message that consists of several buffers, one of them the signature; the buffers are not changed. */
export function verifyBuffers(
  channel: Channel,
  buffers: readonly MessageBuffer[],
  options: UnprotectOptions | undefined,
): VerifiedMessage {
  const checked = checkBuffers(buffers);
  const { sequence } = verificationOf(options);
  const memory = new BufferMemory("VerifySignature", channel, signedAlike(checked), true);
  return withList(channel, memory, (workspace) => {
    callVerify(channel, workspace, sequence);
    return { code: "SEC_E_OK", quality: workspace.quality };
  });
}

function withList<T>(channel: Channel, memory: BufferMemory, work: (workspace: Workspace) => T): T {
  const workspace = leaseWorkspace();
  try {
    memory.describe(workspace.message, channel);
    return work(workspace);
  } finally {
    returnWorkspace(workspace);
  }
}
