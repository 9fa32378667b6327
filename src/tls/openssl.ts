import { OPENSSL_VERSION } from "../../generated/openssl/constants.ts";
import * as functions from "../../generated/openssl/functions.ts";
import { type ReleaseFunctionName, releaseFunctions } from "../../generated/release-functions.ts";
import type { Address, FunctionDeclaration } from "../ctypes/index.ts";
import { acquired, surrendered } from "../memory/index.ts";
import { NativeLibrary, readAnsiString } from "../native/index.ts";

type Functions = typeof functions;
type Returned<D> =
  D extends FunctionDeclaration<(...args: never[]) => infer R> ? (R extends bigint ? Address : R) : never;

/** The functions of OpenSSL that this library uses, by name; arguments are addresses and numbers. */
export type OpenSsl = { readonly [N in keyof Functions]: (...args: readonly Address[]) => Returned<Functions[N]> };

/** This process has no OpenSSL that can be called in addition to Node's own use of it. */
export class TlsUnavailableError extends Error {
  /** Identifies the class also across two copies of this package, where `instanceof` fails. */
  readonly code = "SSPI_TLS_UNAVAILABLE";

  constructor(reason: string) {
    super(`TLS without a socket needs the OpenSSL inside the Node executable: ${reason}`);
    this.name = "TlsUnavailableError";
  }
}

let bound: OpenSsl | undefined;

/**
 * The OpenSSL inside the running Node, which gets Node's own security updates; it is bound on first use.
 *
 * @throws TlsUnavailableError if the program exports no OpenSSL (Electron, Bun), or a different one than Node reports
 * @see OpenSSL_version https://docs.openssl.org/3.0/man3/OpenSSL_version/
 */
export function openSsl(): OpenSsl {
  bound ??= bindOpenSsl(NativeLibrary.ofProgram(), process.versions.openssl);
  return bound;
}

/** @throws TlsUnavailableError if `library` lacks a function, or is not of the version `expected` */
export function bindOpenSsl(library: Pick<NativeLibrary, "bind">, expected: string | undefined): OpenSsl {
  const all: Record<string, unknown> = {};
  for (const declaration of Object.values<FunctionDeclaration>(functions)) {
    const native = library.bind(declaration);
    if (!native) throw new TlsUnavailableError(`this program does not export ${declaration.name}`);
    all[declaration.name] = counted(declaration, native as AnyFunction);
  }
  const openssl = all as unknown as OpenSsl;
  const text = readAnsiString(BigInt(openssl.OpenSSL_version(OPENSSL_VERSION)));
  const [, version] = /^OpenSSL (\S+)/.exec(text) ?? [];
  if (version === undefined || version !== expected)
    throw new TlsUnavailableError(`Node says ${expected ?? "that it has none"}, and "${text}" was found`);
  return openssl;
}

type AnyFunction = (...args: readonly Address[]) => Address;

/** Counts for `live()` what a function returns, and what a release function releases. */
function counted({ name, resultReleasedBy }: FunctionDeclaration, native: AnyFunction): AnyFunction {
  if (resultReleasedBy !== undefined)
    return (...args) => {
      const result = native(...args);
      if (!isNull(result)) acquired(resultReleasedBy as ReleaseFunctionName);
      return result;
    };
  if (!Object.hasOwn(releaseFunctions, name)) return native;
  return (...args) => {
    surrendered(name as ReleaseFunctionName);
    return native(...args);
  };
}

export function isNull(address: Address): boolean {
  return address === 0 || address === 0n;
}
