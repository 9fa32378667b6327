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

/** What NTLM can do here. What it cannot is asserted to fail in the way that is said here. */
export interface NtlmFacts {
  /** What its server looks its users up in; left out where the system knows them. */
  readonly server: Pick<CredentialOptions, "winpr">;
  /** How it refuses what the peer has sealed; undefined where it opens it. */
  readonly refusesMessages: StatusCode | undefined;
  /** What a complete context answers of itself. */
  readonly attributes: readonly (keyof ContextAttributes)[];
  /** What it may answer besides: a later release does. */
  readonly laterAttributes: readonly (keyof ContextAttributes)[];
  /** Whether exchanges may have legs under way at the same time. */
  readonly concurrent: boolean;
}

/**
 * WinPR has users in a file. Wine has them in winbindd, and each side of each exchange in an `ntlm_auth` process: its
 * two sides come to keys that differ, and legs fail when others run on other threads at the same time.
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

/** The lab's SAM file, which WinPR's server looks alice up in; Windows knows its users itself. */
export const samFile = process.env["SSPI_SAM_FILE"] ?? "";

type Credentials = Pick<PackageCapabilities, "outbound" | "inbound">;

const both = (status: StatusCode): Credentials => ({ outbound: status, inbound: status });

/**
 * For which packages the user of the lab, who has alice's tickets and a server's keys, has no credentials. WinPR 2
 * hands Kerberos credentials out and refuses to take them back; neither WinPR has CREDSSP, nor a Schannel that can be used
 * in Node; Wine's Schannel has no server, for want of a certificate.
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
