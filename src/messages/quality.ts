import { SECQOP_WRAP_NO_ENCRYPT } from "../../generated/sspi/constants.ts";

/** The peer sent a message that is signed and not encrypted, and the caller did not allow that. */
export class NotEncryptedError extends Error {
  /** The class in a word, also where `instanceof` cannot tell: between two copies of this package. */
  readonly code = "SSPI_NOT_ENCRYPTED";

  constructor() {
    super("DecryptMessage: the message was signed but not encrypted (SECQOP_WRAP_NO_ENCRYPT)");
    this.name = "NotEncryptedError";
  }
}

/** Whether nobody but the peers could read a message of this quality. */
export function isEncrypted(quality: number): boolean {
  return quality !== SECQOP_WRAP_NO_ENCRYPT;
}

/** @throws NotEncryptedError */
export function checkEncrypted(quality: number, allowUnencrypted: boolean): void {
  if (!isEncrypted(quality) && !allowUnencrypted) throw new NotEncryptedError();
}
