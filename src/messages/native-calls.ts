import type { Workspace } from "../memory/index.ts";
import { check } from "../status/index.ts";
import type { Channel } from "./channel.ts";
import { checkEncrypted } from "./quality.ts";
import { checkToken } from "./wrap-token.ts";

// A `sequence` that is not given is the next one where messages have to be numbered here, else 0. What failed does not
// count: the peer's next message is still the one that was waited for.

/** `EncryptMessage` on the workspace's list. */
export function callEncrypt(
  { provider, handle, numbers }: Channel,
  { message }: Workspace,
  quality: number,
  sequence: number | undefined,
): void {
  const number = sequence ?? numbers?.sent ?? 0;
  check("EncryptMessage", provider.EncryptMessage(handle, quality, message.address, number));
  if (numbers && sequence === undefined) numbers.sent = (numbers.sent + 1) >>> 0;
}

/** `DecryptMessage` on the workspace's list; what it answered. @throws NotEncryptedError */
export function callDecrypt(
  { provider, handle, numbers, trailer }: Channel,
  workspace: Workspace,
  sequence: number | undefined,
  allowUnencrypted: boolean,
): number {
  workspace.clearQuality();
  const { message, qualityAddress } = workspace;
  if (!provider.traits.boundsTokens) checkToken(message, trailer);
  const number = sequence ?? numbers?.received ?? 0;
  const status = check("DecryptMessage", provider.DecryptMessage(handle, message.address, number, qualityAddress));
  if (numbers && sequence === undefined) numbers.received = (numbers.received + 1) >>> 0;
  checkEncrypted(workspace.quality, allowUnencrypted);
  return status;
}

/** `MakeSignature` on the workspace's list. */
export function callSign(
  { provider, handle, numbers }: Channel,
  { message }: Workspace,
  quality: number,
  sequence: number | undefined,
): void {
  const number = sequence ?? numbers?.sent ?? 0;
  check("MakeSignature", provider.MakeSignature(handle, quality, message.address, number));
  if (numbers && sequence === undefined) numbers.sent = (numbers.sent + 1) >>> 0;
}

/** `VerifySignature` on the workspace's list; what it answered. */
export function callVerify(
  { provider, handle, numbers }: Channel,
  workspace: Workspace,
  sequence: number | undefined,
): number {
  workspace.clearQuality();
  const { message, qualityAddress } = workspace;
  const number = sequence ?? numbers?.received ?? 0;
  const status = check("VerifySignature", provider.VerifySignature(handle, message.address, number, qualityAddress));
  if (numbers && sequence === undefined) numbers.received = (numbers.received + 1) >>> 0;
  return status;
}
