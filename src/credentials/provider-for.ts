import { GssapiNotFoundError, gssapiProvider, packageNamed } from "../gssapi/index.ts";
import {
  LibraryNotFoundError,
  libraryOfEnvironment,
  offersGssapi,
  type SecurityProvider,
  systemProvider,
} from "../native/index.ts";

function isGssapiAlone(): boolean {
  return libraryOfEnvironment() === "gssapi";
}

/**
 * The provider of a package if the caller names none: the system's GSSAPI for Kerberos and Negotiate, off Windows and
 * if its library loads; the system's SSPI library for all other packages. The environment variable `SSPI_LIBRARY`
 * chooses one for all packages: a library, or the word `gssapi`.
 *
 * @throws LibraryNotFoundError or GssapiNotFoundError naming what was tried and what to install
 */
export function providerFor(package_: string): SecurityProvider {
  if (isGssapiAlone()) return gssapiProvider();
  if (!offersGssapi() || packageNamed(package_) === undefined) return systemProvider();
  try {
    return gssapiProvider();
  } catch (error) {
    if (!(error instanceof GssapiNotFoundError)) throw error;
    return otherwise(error);
  }
}

/** Falls back to WinPR, which has these packages too; if neither library is found, the error says to install GSSAPI. */
function otherwise(reason: GssapiNotFoundError): SecurityProvider {
  try {
    return systemProvider();
  } catch (error) {
    throw error instanceof LibraryNotFoundError ? reason : error;
  }
}

/**
 * All providers that {@link providerFor} may choose, in the order of preference.
 *
 * @throws LibraryNotFoundError if there is none
 */
export function machineProviders(): readonly SecurityProvider[] {
  if (isGssapiAlone()) return [gssapiProvider()];
  if (!offersGssapi()) return [systemProvider()];
  let gssapi: SecurityProvider;
  try {
    gssapi = gssapiProvider();
  } catch (error) {
    if (!(error instanceof GssapiNotFoundError)) throw error;
    return [systemProvider()];
  }
  try {
    return [gssapi, systemProvider()];
  } catch (error) {
    if (!(error instanceof LibraryNotFoundError)) throw error;
    return [gssapi];
  }
}
