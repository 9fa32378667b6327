import { userInfo } from "node:os";
import {
  capabilities,
  GssapiNotFoundError,
  gssapiProvider,
  LibraryNotFoundError,
  type PackageCapabilities,
  packages,
  systemProvider,
} from "../../index.ts";
import { koffi } from "../../native/koffi.ts";
import { candidates, libraryOfEnvironment } from "../../native/library-choice.ts";
import { packageManifest } from "../package-manifest.ts";
import { kerberosUser, systemUser } from "../whoami.ts";
import { type Found, note, ok, problem, problemOf } from "./finding.ts";

export function nodeVersion(): Found {
  const { version, engines } = packageManifest();
  const line = `sspi-ffi ${version} in Node ${process.version} on ${process.platform} ${process.arch}`;
  return isOlder(process.version, engines.node) ? problem([line], `Install Node ${engines.node}`) : ok(line);
}

/** Whether a version is older than the oldest one in `engines`: `>=20.19`. */
function isOlder(version: string, engines: string): boolean {
  const numbers = (text: string): number[] => text.replace(/^\D+/, "").split(".").map(Number);
  const [[major = 0, minor = 0], [least = 0, leastMinor = 0]] = [numbers(version), numbers(engines)];
  return major < least || (major === least && minor < leastMinor);
}

export function koffiVersion(): Found {
  const { version } = koffi() as { readonly version?: string };
  return ok(`${version ?? "of an unknown version"}, with its native part for ${process.platform} ${process.arch}`);
}

/** Every library that would be tried, including those after the first one that loads. */
export function librariesTried(): Found {
  const chosen = libraryOfEnvironment();
  if (chosen === "gssapi") return ok("SSPI_LIBRARY says gssapi: none is tried");
  const lines = candidates(undefined, process).map((file) => `${file}: ${loadError(file) ?? "loads"}`);
  try {
    const { label, version } = systemProvider();
    return ok(`${label}${version === undefined ? "" : ` ${version}`} is taken`, ...lines);
  } catch (error) {
    if (!(error instanceof LibraryNotFoundError)) throw error;
    const { advice } = problemOf(error);
    const install = advice?.split("\n").at(-1);
    if (chosen === undefined && gssapi() === undefined)
      return note([...lines, "NTLM and Schannel are missing; Kerberos and Negotiate are GSSAPI's"], install);
    return problem(lines, `${install}\nWithout any, the embedded package of sspi-ffi/packages works everywhere.`);
  }
}

/** The loader's message; undefined if the library loads. */
function loadError(file: string): string | undefined {
  try {
    systemProvider(file);
    return undefined;
  } catch (error) {
    if (!(error instanceof LibraryNotFoundError)) throw error;
    return error.tried[0]?.reason ?? error.message;
  }
}

/** The reason why there is no GSSAPI; undefined if there is one. */
function gssapi(): GssapiNotFoundError | undefined {
  try {
    gssapiProvider();
    return undefined;
  } catch (error) {
    if (error instanceof GssapiNotFoundError) return error;
    throw error;
  }
}

export function gssapiLibrary(): Found {
  if (process.platform === "win32") return ok("Windows has SSPI instead");
  const missing = gssapi();
  if (missing) return { ...problemOf(missing), state: "note" };
  const { label, version } = gssapiProvider();
  return ok(`${label}${version === undefined ? "" : ` ${version}`}`);
}

export function packageNames(): Found {
  return ok(...packages().map(({ name, library }) => `${name} (${library})`));
}

/** Checks whether the user of this process has credentials, which does not mean that a logon succeeds. */
export function credentialAnswers(): Found {
  const { packages: first, others = [] } = capabilities();
  const all = [first, ...others.map((one) => one.packages)].flat();
  const taken = all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index);
  return ok(...taken.map(answerLine));
}

function answerLine({ name, outbound, inbound }: PackageCapabilities): string {
  const said = (answer: true | string): string => (answer === true ? "yes" : answer);
  return `${name}: client ${said(outbound)}, server ${said(inbound)}`;
}

export function whoAmI(): Found {
  const names = [systemUser() ?? userInfo().username, kerberosUser()?.name].filter((name) => name !== undefined);
  return ok(names.join(", in Kerberos "));
}
