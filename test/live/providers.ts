import {
  type ContextAttributes,
  type CredentialOptions,
  type PackageCapabilities,
  type SecurityProvider,
  type StatusCode,
  systemProvider,
} from "../../src/index.ts";
import { winpr, winprLibraries } from "./winpr-libraries.ts";

/** The SSPI libraries of this machine. */
export const providers: readonly SecurityProvider[] =
  process.platform === "win32"
    ? [systemProvider()]
    : winprLibraries.map(winpr).filter((provider) => provider !== undefined);

/** The abilities of NTLM here. The tests assert that everything else fails in the way that is described here. */
export interface NtlmFacts {
  /** Where its server looks its users up; left out where the system knows them. */
  readonly server: Pick<CredentialOptions, "winpr">;
  /** How it refuses a message that the peer has sealed; undefined where it decrypts it. */
  readonly refusesMessages: StatusCode | undefined;
  /** The attributes that a complete context answers. */
  readonly attributes: readonly (keyof ContextAttributes)[];
  /** Attributes that it may answer in addition: a later release does. */
  readonly laterAttributes: readonly (keyof ContextAttributes)[];
  /** Whether several exchanges may have legs under way at the same time. */
  readonly concurrent: boolean;
}

/**
 * WinPR reads its users from a file. Wine asks winbindd for them, and runs each side of each exchange in an `ntlm_auth`
 * process: its two sides compute different keys, and legs fail when others run on other threads at the same time.
 */
export function ntlmFacts({ kind }: SecurityProvider): NtlmFacts {
  if (kind === "winpr")
    return {
      server: { winpr: { samFile } },
      refusesMessages: undefined,
      attributes: ["sizes"],
      laterAttributes: [],
      concurrent: true,
    };
  return {
    server: {},
    refusesMessages: "SEC_E_MESSAGE_ALTERED",
    attributes: ["sizes", "keyInfo", "negotiationInfo", "flags"],
    laterAttributes: ["sessionKey"],
    concurrent: false,
  };
}

/** alice's password is "userpw". */
export const alice = { user: "alice", domain: "", password: "userpw" } as const;

/** The lab's SAM file, in which WinPR's server looks alice up; Windows knows its users itself. */
export const samFile = process.env["SSPI_SAM_FILE"] ?? "";

type Credentials = Pick<PackageCapabilities, "outbound" | "inbound">;

const both = (status: StatusCode): Credentials => ({ outbound: status, inbound: status });

/**
 * The packages for which the user of the lab, who has alice's tickets and a server's keys, has no credentials. WinPR 2
 * hands out Kerberos credentials and refuses to free them; neither WinPR has CREDSSP, nor a Schannel that works in
 * Node; Wine's Schannel has no server, because it has no certificate.
 */
export function credentialRefusals({ kind, version }: SecurityProvider): Readonly<Record<string, Credentials>> {
  if (kind !== "winpr") {
    const schannel: Credentials = { outbound: true, inbound: "SEC_E_NO_CREDENTIALS" };
    return { Schannel: schannel, "Microsoft Unified Security Protocol Provider": schannel };
  }
  const schannel = { Schannel: both("SEC_E_UNSUPPORTED_FUNCTION") };
  if (!version?.startsWith("2.")) return { ...schannel, CREDSSP: both("SEC_E_UNSUPPORTED_FUNCTION") };
  return { ...schannel, Kerberos: both("SEC_E_SECPKG_NOT_FOUND"), CREDSSP: both("SEC_E_SECPKG_NOT_FOUND") };
}
