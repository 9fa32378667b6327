import { SEC_E_OK, SEC_I_CONTEXT_EXPIRED, SEC_I_RENEGOTIATE } from "../../generated/status/constants.ts";
import type { BufferList, Workspace } from "../memory/index.ts";
import { check } from "../status/index.ts";
import { messageChannel, type TracedContext, TracedMessage } from "../tracing/index.ts";
import type { NativeOperation } from "./buffer-memory.ts";
import type { Channel } from "./channel.ts";
import { checkEncrypted } from "./quality.ts";
import { checkSignature, checkToken } from "./wrap-token.ts";

function tracedMessage(
  context: TracedContext,
  operation: NativeOperation,
  message: BufferList,
): TracedMessage | undefined {
  return messageChannel.hasSubscribers ? new TracedMessage(context, operation, message) : undefined;
}

// The default of `sequence` is our own counter where the provider does not count messages, otherwise 0. A failed call
// does not advance the counter, because the next message from the peer still has the same number.

/** `EncryptMessage` on the workspace's list. */
export function callEncrypt(
  { context, provider, handle, numbers }: Channel,
  { message }: Workspace,
  quality: number,
  sequence: number | undefined,
): void {
  const number = sequence ?? numbers?.sent ?? 0;
  const traced = tracedMessage(context, "EncryptMessage", message);
  const status = provider.EncryptMessage(handle, quality, message.address, number);
  traced?.ended(status);
  if (status !== SEC_E_OK) check("EncryptMessage", status, provider);
  if (numbers && sequence === undefined) numbers.sent = (numbers.sent + 1) >>> 0;
}

/** The success statuses other than `SEC_E_OK` that DecryptMessage returns for a record of a stream. */
export const recordRead = [SEC_I_RENEGOTIATE, SEC_I_CONTEXT_EXPIRED] as const;

/** Calls `DecryptMessage` on the workspace's list and returns its status. @throws NotEncryptedError */
export function callDecrypt(
  { context, provider, handle, numbers, trailer }: Channel,
  workspace: Workspace,
  sequence: number | undefined,
  allowUnencrypted: boolean,
  successes?: readonly number[],
): number {
  workspace.clearQuality();
  const { message, qualityAddress } = workspace;
  if (!provider.traits.boundsTokens) checkToken(message, trailer);
  const number = sequence ?? numbers?.received ?? 0;
  const traced = tracedMessage(context, "DecryptMessage", message);
  const status = provider.DecryptMessage(handle, message.address, number, qualityAddress);
  traced?.ended(status);
  if (status !== SEC_E_OK) check("DecryptMessage", status, provider, successes);
  if (numbers && sequence === undefined) numbers.received = (numbers.received + 1) >>> 0;
  checkEncrypted(workspace.quality, allowUnencrypted);
  return status;
}

/** `MakeSignature` on the workspace's list. */
export function callSign(
  { context, provider, handle, numbers }: Channel,
  { message }: Workspace,
  quality: number,
  sequence: number | undefined,
): void {
  const number = sequence ?? numbers?.sent ?? 0;
  const traced = tracedMessage(context, "MakeSignature", message);
  const status = provider.MakeSignature(handle, quality, message.address, number);
  traced?.ended(status);
  check("MakeSignature", status, provider);
  if (numbers && sequence === undefined) numbers.sent = (numbers.sent + 1) >>> 0;
}

/** `VerifySignature` on the workspace's list. */
export function callVerify(
  { context, provider, handle, numbers, signature }: Channel,
  workspace: Workspace,
  sequence: number | undefined,
): void {
  workspace.clearQuality();
  const { message, qualityAddress } = workspace;
  if (!provider.traits.boundsTokens) checkSignature(message, signature);
  const number = sequence ?? numbers?.received ?? 0;
  const traced = tracedMessage(context, "VerifySignature", message);
  const status = provider.VerifySignature(handle, message.address, number, qualityAddress);
  traced?.ended(status);
  check("VerifySignature", status, provider);
  if (numbers && sequence === undefined) numbers.received = (numbers.received + 1) >>> 0;
}
