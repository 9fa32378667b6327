/** What all contenders of one table authenticate with, on the system's GSSAPI; tickets and keys are in the environment. */
export interface GssapiSetting {
  /** Soname of MIT's GSSAPI. */
  readonly library: string;
  /** Folder of the compiled native contenders. */
  readonly native: string;
  readonly package: "Kerberos" | "Negotiate";
}

/** What Kerberos puts before a message that is sealed with a key of AES 256. */
export const kerberosToken = 60;
