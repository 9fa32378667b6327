import type { BlockingFunction, Provider } from "../../generated/provider.ts";
import { SECPKG_CRED_ATTR_NAMES } from "../../generated/sspi/constants.ts";
import { SecPkgCredentials_NamesW } from "../../generated/sspi/structs.ts";
import * as sec from "../../generated/status/constants.ts";
import type { Address } from "../ctypes/index.ts";
import { packageInfosAt, packageInfosSize } from "../interface/package-infos.ts";
import {
  assembleProvider,
  ownProvider,
  readWideString,
  type SecurityProvider,
  takeTurn,
  writeInt64,
  writePointer,
  writeStruct,
  writeUint32,
} from "../native/index.ts";
import { checkText, ticksOfDate } from "../values/index.ts";
import { acquireCredential } from "./acquire-credential.ts";
import { clientAccountOf } from "./client-account.ts";
import { queryContextAttribute } from "./context-attributes.ts";
import { readStore } from "./credential-store.ts";
import { delegatedCredential } from "./delegated-credential.ts";
import { exportContext, importContext } from "./export-context.ts";
import type { GssapiContext } from "./gssapi-context.ts";
import { ProviderError } from "./gssapi-error.ts";
import { type GssapiLibrary, gssapiLibrary } from "./gssapi-library.ts";
import { gssapiTraits } from "./gssapi-traits.ts";
import { accept, initiate, type LegRequest } from "./legs.ts";
import { Messages } from "./messages.ts";
import { allowsKerberos, readIdentity } from "./native-identity.ts";
import type { Steps } from "./native-steps.ts";
import { packageList, packageNamed } from "./package-list.ts";
import { ProviderCore } from "./provider-core.ts";

const providers = new WeakMap<GssapiLibrary, SecurityProvider>();

/**
 * Returns an SSPI provider over this machine's GSSAPI, with the packages Kerberos and Negotiate. `file` chooses another
 * library by its path or soname. Each library is loaded once.
 *
 * @throws GssapiNotFoundError naming the libraries that were tried and what to install.
 */
export function gssapiProvider(file?: string): SecurityProvider {
  if (file !== undefined) checkText(file, "file", { empty: false });
  const library = gssapiLibrary(file);
  const provider = providers.get(library) ?? createProvider(new ProviderCore(library));
  providers.set(library, provider);
  return provider;
}

/** Functions that may wait for other machines, as generators of native calls. */
type BlockingSteps = { readonly [F in BlockingFunction]?: (...args: Parameters<Provider[F]>) => Steps<number> };

function createProvider(core: ProviderCore): SecurityProvider {
  const steps = blockingSteps(core);
  const functions: Partial<Provider> = {
    ...Object.fromEntries(
      Object.entries(steps).map(([name, make]) => [
        name,
        (...args: never[]) => core.answerSync(() => (make as (...args: never[]) => Steps<number>)(...args)),
      ]),
    ),
    ...packageFunctions(core),
    ...credentialFunctions(core),
    ...contextFunctions(core),
    ...messageFunctions(core),
  };
  const provider = assembleProvider(functions, {
    kind: "gssapi",
    label: core.library.file,
    version: undefined,
    traits: gssapiTraits(core.library.flavour),
    takeTurn,
    callAsync<F extends BlockingFunction>(name: F, ...args: Parameters<Provider[F]>): Promise<number> {
      const make = steps[name] as ((...args: Parameters<Provider[F]>) => Steps<number>) | undefined;
      return make ? core.answerAsync(() => make(...args)) : Promise.resolve(sec.SEC_E_UNSUPPORTED_FUNCTION);
    },
    clientAccount: (at) => {
      const context = core.contexts.find(at);
      return context && clientAccountOf(core.calls, context);
    },
    delegatedCredential: (at, credential, expiry) =>
      core.answer(() => delegatedCredential(core, at, credential, expiry)),
    explain: (status, call) => core.explanations.of(status, call),
  });
  return ownProvider(provider);
}

function optionalText(address: Address): string | undefined {
  return BigInt(address) === 0n ? undefined : readWideString(BigInt(address));
}

function blockingSteps(core: ProviderCore): BlockingSteps {
  return {
    AcquireCredentialsHandleW: (principal, name, use, _logonId, authData, _getKey, store, at, expiry) =>
      acquire(core, { principal, name, use, authData, store, at, expiry }),
    *InitializeSecurityContextW(credential, context, target, flags, _first, _representation, input, ...rest) {
      const [_second, newContext, output, attributes, expiry] = rest;
      const request: LegRequest = { credential, context, flags, input, newContext, output, attributes, expiry };
      return yield* initiate(core, request, optionalText(target));
    },
    *AcceptSecurityContext(credential, context, input, flags, _representation, newContext, output, ...rest) {
      const [attributes, expiry] = rest;
      return yield* accept(core, { credential, context, flags, input, newContext, output, attributes, expiry });
    },
  };
}

type AcquireArguments = Readonly<
  Record<"principal" | "name" | "authData" | "store" | "at" | "expiry", Address> & { use: number }
>;

function* acquire(core: ProviderCore, given: AcquireArguments): Steps<number> {
  const package_ = packageNamed(optionalText(given.name) ?? "");
  if (!package_) throw new ProviderError(sec.SEC_E_SECPKG_NOT_FOUND, "GSSAPI has Kerberos and Negotiate");
  const identity = readIdentity(given.authData);
  try {
    if (identity && !allowsKerberos(identity.packages))
      throw new ProviderError(
        sec.SEC_E_UNSUPPORTED_FUNCTION,
        "the package list leaves out Kerberos, and GSSAPI has no other",
      );
    const [principal, store] = [optionalText(given.principal), readStore(given.store)];
    const named = identity?.loggedOn ? undefined : identity;
    const request = { package: package_, use: given.use, principal, identity: named, store };
    const credential = yield* acquireCredential(core.calls, request);
    core.credentials.issue(given.at, credential);
    if (BigInt(given.expiry) !== 0n) writeInt64(given.expiry, ticksOfDate(credential.expiry));
    return sec.SEC_E_OK;
  } finally {
    identity?.wipe();
  }
}

function packageFunctions({ heap }: ProviderCore): Partial<Provider> {
  const list = (infos: readonly (typeof packageList)[keyof typeof packageList][], at: Address): number => {
    const address = heap.make(packageInfosSize(infos), (start, bytes) => bytes.set(packageInfosAt(start, infos)));
    writePointer(at, address);
    return sec.SEC_E_OK;
  };
  return {
    EnumerateSecurityPackagesW: (count, at) => {
      const infos = Object.values(packageList);
      writeUint32(count, infos.length);
      return list(infos, at);
    },
    QuerySecurityPackageInfoW: (name, at) => {
      const found = packageNamed(optionalText(name) ?? "");
      return found ? list([packageList[found]], at) : sec.SEC_E_SECPKG_NOT_FOUND;
    },
    FreeContextBuffer: (address) =>
      BigInt(address) === 0n || heap.release(BigInt(address)) ? sec.SEC_E_OK : sec.SEC_E_INVALID_HANDLE,
  };
}

function credentialFunctions(core: ProviderCore): Partial<Provider> {
  return {
    FreeCredentialsHandle: (at) => {
      const credential = core.credentials.take(at);
      credential?.letGo();
      return credential ? sec.SEC_E_OK : sec.SEC_E_INVALID_HANDLE;
    },
    QueryCredentialsAttributesW: (at, attribute, address) =>
      core.answer(() => {
        const credential = core.credentials.find(at);
        if (!credential) throw new ProviderError(sec.SEC_E_INVALID_HANDLE, "no credential of this provider");
        if (attribute !== SECPKG_CRED_ATTR_NAMES)
          throw new ProviderError(sec.SEC_E_UNSUPPORTED_FUNCTION, `GSSAPI has no answer to attribute ${attribute}`);
        const sUserName = core.heap.allocate(Buffer.from(`${credential.name}\0`, "utf16le"));
        writeStruct(SecPkgCredentials_NamesW, address, { sUserName });
        return sec.SEC_E_OK;
      }),
  };
}

function contextFunctions(core: ProviderCore): Partial<Provider> {
  return {
    DeleteSecurityContext: (at) => {
      const context = core.contexts.take(at);
      if (!context) return sec.SEC_E_INVALID_HANDLE;
      if (context.busy) core.deleted.add(context);
      else context.release();
      return sec.SEC_E_OK;
    },
    QueryContextAttributesW: (at, attribute, address) =>
      core.answer(() => queryContextAttribute(core, core.contexts.find(at), attribute, address)),
    ExportSecurityContext: (at, flags, packed, token) =>
      core.answer(() => exportContext(core, at, flags, packed, token)),
    ImportSecurityContextW: (name, packed, token, at) =>
      core.answer(() => {
        const found = packageNamed(optionalText(name) ?? "");
        if (!found) throw new ProviderError(sec.SEC_E_SECPKG_NOT_FOUND, "GSSAPI has Kerberos and Negotiate");
        return importContext(core, found, packed, token, at);
      }),
  };
}

function messageFunctions(core: ProviderCore): Partial<Provider> {
  const messages = new Messages(core.calls);
  const complete = (at: Address): GssapiContext => {
    const context = core.contexts.find(at);
    if (context?.state !== "complete") throw new ProviderError(sec.SEC_E_INVALID_HANDLE, "no complete context");
    // Check here: the library keeps protecting messages after the ticket has expired.
    if (Date.now() > context.expiry) throw new ProviderError(sec.SEC_E_CONTEXT_EXPIRED, "the ticket has expired");
    return context;
  };
  // Messages are too frequent for a closure each.
  return {
    EncryptMessage(at, quality, message) {
      try {
        return core.succeeded(messages.encrypt(complete(at), quality, message));
      } catch (error) {
        return core.refused(error);
      }
    },
    DecryptMessage(at, message, _number, quality) {
      try {
        return core.succeeded(messages.decrypt(complete(at), message, quality));
      } catch (error) {
        return core.refused(error);
      }
    },
    MakeSignature: (at, quality, message) => core.answer(() => messages.sign(complete(at), quality, message)),
    VerifySignature: (at, message, _number, quality) =>
      core.answer(() => messages.verify(complete(at), message, quality)),
  };
}
