import { SECQOP_WRAP_NO_ENCRYPT } from "../../generated/sspi/constants.ts";

/** The peer sent a message that is signed but not encrypted, and the caller did not allow that. */
export class NotEncryptedError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
  readonly code = "SSPI_NOT_ENCRYPTED";

  constructor() {
    super("DecryptMessage: the message was signed but not encrypted (SECQOP_WRAP_NO_ENCRYPT)");
    this.name = "NotEncryptedError";
  }
}

/** Whether a message of this quality was encrypted. */
export function isEncrypted(quality: number): boolean {
  return quality !== SECQOP_WRAP_NO_ENCRYPT;
}

/** @throws NotEncryptedError */
export function checkEncrypted(quality: number, allowUnencrypted: boolean): void {
  if (!isEncrypted(quality) && !allowUnencrypted) throw new NotEncryptedError();
}
