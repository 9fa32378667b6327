import { GssapiNotFoundError, gssapiProvider, packageNamed } from "../gssapi/index.ts";
import { LibraryNotFoundError, type SecurityProvider, systemProvider } from "../native/index.ts";

/**
 * Whether GSSAPI takes part in the choice: on Linux and other systems without SSPI, unless `SSPI_LIBRARY` names a
 * library. On macOS only where it is chosen by name, since it has not been run there.
 */
function offersGssapi(): boolean {
  return process.platform !== "win32" && process.platform !== "darwin" && process.env["SSPI_LIBRARY"] === undefined;
}

function isGssapiAlone(): boolean {
  return process.env["SSPI_LIBRARY"] === "gssapi";
}

/**
 * Whose package of that name is used where the caller names no provider: the system's GSSAPI for Kerberos and
 * Negotiate, off Windows and where its library loads; the system's SSPI library for everything else. The environment
 * variable `SSPI_LIBRARY` chooses one for all packages: a library, or the word `gssapi`.
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

/** WinPR has these packages too; where neither is there, GSSAPI is what to install. */
function otherwise(reason: GssapiNotFoundError): SecurityProvider {
  try {
    return systemProvider();
  } catch (error) {
    throw error instanceof LibraryNotFoundError ? reason : error;
  }
}

/**
 * Everybody whom {@link providerFor} may choose, those first whose packages come first.
 *
 * @throws LibraryNotFoundError where there is nobody
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
