import { Credential, SspiError } from "../index.ts";
import { EXTENDED_NAME_FORMAT, GetUserNameExW } from "../raw.ts";

/** No name of Windows is longer. */
const longest = 1024;

/** The user of this process as Windows names it, `EXAMPLE\alice`; undefined elsewhere. */
export function systemUser(): string | undefined {
  if (process.platform !== "win32") return undefined;
  const room = new Uint16Array(longest);
  const size: [number] = [longest];
  if (!GetUserNameExW(EXTENDED_NAME_FORMAT.NameSamCompatible, room, size)) return undefined;
  return Buffer.from(room.buffer, 0, size[0] * 2).toString("utf16le");
}

/** Whose tickets this process has. */
export interface KerberosUser {
  /** `alice@EXAMPLE.TEST` */
  readonly name: string;
  /** When the ticket of its realm ends, where the provider says that. */
  readonly expiry: Date | undefined;
}

/** The user that Kerberos would log on as; undefined where it has nobody's tickets. */
export function kerberosUser(): KerberosUser | undefined {
  try {
    using credential = Credential.acquireSync({ package: "Kerberos", use: "outbound" });
    return { name: credential.query("names").sUserName, expiry: credential.expiry };
  } catch (error) {
    if (error instanceof SspiError) return undefined;
    throw error;
  }
}
