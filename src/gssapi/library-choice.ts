import { basename, dirname, join } from "node:path";

/** The process data that the choice of a library depends on; `process` unless a test passes other data. */
export interface GssapiSurroundings {
  readonly platform: string;
}

/** No GSSAPI library could be loaded. The message names the libraries that were tried and what to install. */
export class GssapiNotFoundError extends Error {
  /** Identifies the class, also where `instanceof` fails: between two copies of this package. */
  readonly code = "GSSAPI_NOT_FOUND";
  /** The libraries that were tried, in order, each with the loader's reason. */
  readonly tried: readonly { readonly library: string; readonly reason: string }[];

  constructor(tried: GssapiNotFoundError["tried"], platform: string) {
    const list = tried.map(({ library, reason }) => `  ${library}: ${reason}`).join("\n");
    super(`No GSSAPI library could be loaded. Tried:\n${list}\n${advice(platform)}`);
    this.name = "GssapiNotFoundError";
    this.tried = tried;
  }
}

function advice(platform: string): string {
  if (platform === "darwin") return "GSS.framework is part of macOS: repair the system.";
  return [
    "Install MIT Kerberos' GSSAPI: Debian and Ubuntu apt-get install libgssapi-krb5-2,",
    "Fedora and RHEL dnf install krb5-libs, Alpine apk add krb5-libs, SUSE zypper install krb5.",
    "Distroless images have none: copy libgssapi_krb5.so.2 and what it needs from Debian, or take another base image.",
  ].join("\n");
}

/** A GSSAPI library, and the Kerberos library that it uses. */
export interface GssapiCandidate {
  readonly gssapi: string;
  readonly kerberos: string;
}

const mit: GssapiCandidate = { gssapi: "libgssapi_krb5.so.2", kerberos: "libkrb5.so.3" };
const heimdal: GssapiCandidate = { gssapi: "libgssapi.so.3", kerberos: "libkrb5.so.26" };
const apple: GssapiCandidate = {
  gssapi: "/System/Library/Frameworks/GSS.framework/GSS",
  kerberos: "/System/Library/PrivateFrameworks/Heimdal.framework/Heimdal",
};

/**
 * Returns the libraries to try, best first; only the named one if there is a name. Heimdal is used only by name,
 * because its gss_inquire_cred ends the process on a server's default credential.
 */
export function gssapiCandidates(
  file: string | undefined,
  { platform }: GssapiSurroundings,
): readonly GssapiCandidate[] {
  if (file !== undefined) return [{ gssapi: file, kerberos: kerberosBeside(file) }];
  return platform === "darwin" ? [apple] : [mit];
}

/** Returns the Kerberos library of the same implementation, in the same folder if a path was given. */
function kerberosBeside(file: string): string {
  const { kerberos } = /libgssapi\.so/.test(basename(file)) ? heimdal : mit;
  return file.includes("/") ? join(dirname(file), kerberos) : kerberos;
}
