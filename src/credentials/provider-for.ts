import { GssapiNotFoundError, gssapiProvider, packageNamed } from "../gssapi/index.ts";
import {
  LibraryNotFoundError,
  libraryOfEnvironment,
  offersGssapi,
  providerNamed,
  type SecurityProvider,
} from "../native/index.ts";

/** The word for GSSAPI in place of a library's name. */
const gssapiAlone = "gssapi";

/**
 * The provider of a package if the caller names none: the system's GSSAPI for Kerberos and Negotiate, off Windows and
 * if its library loads; the system's SSPI library for all other packages. The environment variable `SSPI_LIBRARY`
 * chooses one for all packages: a library, or the word `gssapi`.
 *
 * @throws LibraryNotFoundError or GssapiNotFoundError naming what was tried and what to install
 */
export function providerFor(package_: string): SecurityProvider {
  // Read once, because under Wine reading the environment takes longer than the rest of this function.
  const named = libraryOfEnvironment();
  if (named === gssapiAlone) return gssapiProvider();
  if (named !== undefined || !offersGssapi() || packageNamed(package_) === undefined) return providerNamed(named);
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
    return providerNamed(undefined);
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
  const named = libraryOfEnvironment();
  if (named === gssapiAlone) return [gssapiProvider()];
  if (named !== undefined || !offersGssapi()) return [providerNamed(named)];
  let gssapi: SecurityProvider;
  try {
    gssapi = gssapiProvider();
  } catch (error) {
    if (!(error instanceof GssapiNotFoundError)) throw error;
    return [providerNamed(undefined)];
  }
  try {
    return [gssapi, providerNamed(undefined)];
  } catch (error) {
    if (!(error instanceof LibraryNotFoundError)) throw error;
    return [gssapi];
  }
}
