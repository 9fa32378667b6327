import { Credential, SspiError } from "../index.ts";
import { EXTENDED_NAME_FORMAT, GetUserNameExW } from "../raw.ts";

/** The maximum length of a Windows user name. */
const longest = 1024;

/** The user of this process as Windows names it, `EXAMPLE\alice`; undefined elsewhere. */
export function systemUser(): string | undefined {
  if (process.platform !== "win32") return undefined;
  const room = new Uint16Array(longest);
  const size: [number] = [longest];
  if (!GetUserNameExW(EXTENDED_NAME_FORMAT.NameSamCompatible, room, size)) return undefined;
  return Buffer.from(room.buffer, 0, size[0] * 2).toString("utf16le");
}

/** The owner of this process's Kerberos tickets. */
export interface KerberosUser {
  /** `alice@EXAMPLE.TEST` */
  readonly name: string;
  /** When the ticket of the user's realm expires, if the provider reports it. */
  readonly expiry: Date | undefined;
}

/** The user that Kerberos would log on as; undefined if it has no tickets. */
export function kerberosUser(): KerberosUser | undefined {
  try {
    using credential = Credential.acquireSync({ package: "Kerberos", use: "outbound" });
    return { name: credential.query("names").sUserName, expiry: credential.expiry };
  } catch (error) {
    if (error instanceof SspiError) return undefined;
    throw error;
  }
}
