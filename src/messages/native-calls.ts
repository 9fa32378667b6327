import type { Workspace } from "../memory/index.ts";
import { check } from "../status/index.ts";
import type { Channel } from "./channel.ts";
import { checkEncrypted } from "./quality.ts";

/** `EncryptMessage` on the workspace's list. */
export function callEncrypt(
  { provider, handle }: Channel,
  { message }: Workspace,
  quality: number,
  sequence: number,
): void {
  check("EncryptMessage", provider.EncryptMessage(handle, quality, message.address, sequence));
}

/** `DecryptMessage` on the workspace's list; what it answered. @throws NotEncryptedError */
export function callDecrypt(
  { provider, handle }: Channel,
  workspace: Workspace,
  sequence: number,
  allowUnencrypted: boolean,
): number {
  workspace.clearQuality();
  const { message, qualityAddress } = workspace;
  const status = check("DecryptMessage", provider.DecryptMessage(handle, message.address, sequence, qualityAddress));
  checkEncrypted(workspace.quality, allowUnencrypted);
  return status;
}

/** `MakeSignature` on the workspace's list. */
export function callSign(
  { provider, handle }: Channel,
  { message }: Workspace,
  quality: number,
  sequence: number,
): void {
  check("MakeSignature", provider.MakeSignature(handle, quality, message.address, sequence));
}

/** `VerifySignature` on the workspace's list; what it answered. */
export function callVerify({ provider, handle }: Channel, workspace: Workspace, sequence: number): number {
  workspace.clearQuality();
  const { message, qualityAddress } = workspace;
  return check("VerifySignature", provider.VerifySignature(handle, message.address, sequence, qualityAddress));
}
