import { CREDSPP_SUBMIT_TYPE, CREDSSP_FLAG, type CredsspFlag } from "../../../generated/credssp/constants.ts";
import { checkBytes, checkKey, flagBits, isBytes, type OptionNames, readOptions } from "../../values/index.ts";
import { type AnyIdentity, readAnyIdentity } from "../identities/any-identity.ts";
import { readSchannel, type SchannelOptions } from "../schannel/schannel-options.ts";

/** The kinds of CredSSP credentials, with the header's constants; `CredsspCredEx` is written if there are `flags`. */
export const submitTypes = {
  passwordCreds: CREDSPP_SUBMIT_TYPE.CredsspPasswordCreds,
  schannelCreds: CREDSPP_SUBMIT_TYPE.CredsspSchannelCreds,
  certificateCreds: CREDSPP_SUBMIT_TYPE.CredsspCertificateCreds,
  submitBufferBoth: CREDSPP_SUBMIT_TYPE.CredsspSubmitBufferBoth,
  submitBufferBothOld: CREDSPP_SUBMIT_TYPE.CredsspSubmitBufferBothOld,
} as const;

/** The kind of CredSSP's `spnego`: `CREDSSP_SUBMIT_TYPE` by name. */
export type CredsspSubmitType = keyof typeof submitTypes;

/** Credentials for CredSSP: those for TLS and those for the logon inside it. */
export interface CredsspOptions {
  /** The kind of the credentials for the logon; a password by default. */
  readonly submitType?: CredsspSubmitType;
  /** The credentials for TLS; Schannel's defaults if omitted. */
  readonly schannel?: SchannelOptions;
  /**
   * The credentials for the logon, which the server receives: an identity, or the bytes of the kind that `submitType`
   * names, such as those that a credential dialog packs. By default those of the logon session.
   */
  readonly spnego?: AnyIdentity | Uint8Array;
  /** `CREDSSP_FLAG_*` by name. `"redirect"` keeps the credentials on this machine (Remote Credential Guard). */
  readonly flags?: readonly CredsspFlag[];
}

const credsspNames: OptionNames<CredsspOptions> = { submitType: true, schannel: true, spnego: true, flags: true };

/** Returns a checked copy. @throws TypeError, RangeError; a secret is never part of the message. */
export function readCredssp(given: CredsspOptions): CredsspOptions {
  const options = readOptions<CredsspOptions>(given, "credssp", credsspNames);
  const { submitType = "passwordCreds", schannel, spnego, flags } = options;
  checkKey(submitType, "credssp.submitType", submitTypes);
  if (flags !== undefined) flagBits(CREDSSP_FLAG, flags, "credssp.flags");
  return {
    ...options,
    ...(schannel !== undefined && { schannel: readSchannel(schannel, "credssp.schannel") }),
    ...(spnego !== undefined && { spnego: readSpnego(spnego, submitType) }),
  };
}

function readSpnego(spnego: AnyIdentity | Uint8Array, submitType: CredsspSubmitType): AnyIdentity | Uint8Array {
  if (!isBytes(spnego)) return readAnyIdentity(spnego, "credssp.spnego");
  if (submitType === "passwordCreds")
    throw new TypeError("credssp.spnego: expected an identity for passwordCreds, got bytes");
  const bytes = checkBytes(spnego, "credssp.spnego");
  if (bytes.length === 0) throw new RangeError(`credssp.spnego: expected the bytes of ${submitType}, got none`);
  return bytes;
}
