import {
  CERT_FIND_ANY,
  CRYPT_EXPORTABLE,
  CRYPT_MACHINE_KEYSET,
  CRYPT_USER_KEYSET,
  PKCS_7_ASN_ENCODING,
  PKCS12_NO_PERSIST_KEY,
  X509_ASN_ENCODING,
} from "../../../generated/wincrypt/constants.ts";
import { CRYPT_INTEGER_BLOB } from "../../../generated/wincrypt/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import { secretUnits, withArena, writeWideSecret } from "../../memory/index.ts";
import {
  checkBytes,
  checkName,
  checkSecret,
  type OptionNames,
  readOptions,
  type Secret,
  shapeOf,
} from "../../values/index.ts";
import { answered, CertificateError } from "./certificate-error.ts";
import type { CertificateFunctions } from "./certificate-functions.ts";
import { HeldCertificate } from "./held-certificate.ts";
import { checkIssuerPlace, derOf, type IssuerOptions, withIssuers } from "./install-issuers.ts";
import { forgetKey, hasPrivateKey, type KeyPlace, keyPlace } from "./private-key.ts";

/** Options for opening a PFX. */
export interface PfxOptions extends IssuerOptions {
  /**
   * Where the private keys are kept while the certificate is open: in a container of the `user` (the default) or of the
   * `machine`, which is deleted with the certificate, or in `memory`, where Windows' Schannel, which runs in another
   * process, does not find them.
   */
  readonly keys?: "user" | "machine" | "memory";
  /** Whether the private keys may be exported again. */
  readonly exportable?: boolean;
}

const pfxNames: OptionNames<PfxOptions> = { keys: true, exportable: true, installIssuers: true };
const keySets = { user: CRYPT_USER_KEYSET, machine: CRYPT_MACHINE_KEYSET, memory: PKCS12_NO_PERSIST_KEY } as const;
const encodings = (X509_ASN_ENCODING | PKCS_7_ASN_ENCODING) >>> 0;

/** @throws TypeError, RangeError, CertificateError, FunctionNotFoundError; never with the password. */
export function openPfx(
  functions: CertificateFunctions,
  pfx: Uint8Array,
  password: Secret,
  options: PfxOptions,
): HeldCertificate {
  const bytes = checkBytes(pfx, "pfx");
  if (bytes.length === 0) throw new RangeError("pfx: expected the bytes of a PFX, got none");
  const secret = checkSecret(password, "password");
  const { keys = "user", exportable = false, installIssuers } = readOptions<PfxOptions>(options, "options", pfxNames);
  if (typeof exportable !== "boolean")
    throw new TypeError(`exportable: expected a boolean, got ${shapeOf(exportable)}`);
  const place = checkIssuerPlace(installIssuers);
  const flags = keySets[checkName(keys, "keys", ["user", "machine", "memory"])] | (exportable ? CRYPT_EXPORTABLE : 0);
  const held = takeFrom(functions, importPfx(functions, bytes, secret, flags));
  return withIssuers(held, place, (add) => addOthers(held, add));
}

/** Finds the certificate of an imported PFX; the result owns the store. */
function takeFrom(functions: CertificateFunctions, store: bigint): HeldCertificate {
  try {
    // The import creates all keys of the PFX, not only the chosen certificate's key: delete them all.
    const places = keyPlaces(functions, store);
    const forgetKeys = (): void => {
      for (const place of places) forgetKey(functions, place);
    };
    return new HeldCertificate(functions, certificateWithKey(functions, store), store, forgetKeys);
  } catch (error) {
    functions.CertCloseStore(store, 0);
    throw error;
  }
}

/** Adds the other certificates of the PFX. */
function addOthers({ functions, address, store }: HeldCertificate, add: (context: bigint) => void): void {
  const taken = derOf(address);
  findCertificate(functions, store, (context) => {
    if (!Buffer.from(derOf(context)).equals(taken)) add(context);
    return false;
  });
}

function importPfx(functions: CertificateFunctions, pfx: Uint8Array, password: Secret, flags: number): bigint {
  const { size, offsets } = CRYPT_INTEGER_BLOB.layouts[hostAbi];
  return withArena(pfx.length + secretUnits(password) * 2 + 80, (arena) => {
    const blob = arena.allocate(size);
    blob.putUint32(offsets.cbData, pfx.length);
    blob.putPointer(offsets.pbData, arena.write(pfx).address);
    const secret = writeWideSecret(arena, password).address;
    return answered(
      "PFXImportCertStore",
      () => functions.PFXImportCertStore(blob.address, secret, flags),
      "the password is wrong, or these bytes are no PFX",
    );
  });
}

/** The first certificate with a private key: the others are its issuers'. */
function certificateWithKey(functions: CertificateFunctions, store: bigint): bigint {
  const found = findCertificate(functions, store, (context) => hasPrivateKey(functions, context));
  if (found === 0n) throw new CertificateError("PFXImportCertStore", 0, "it has no certificate with a private key");
  return found;
}

/** The distinct containers of the keys that the import has created. */
function keyPlaces(functions: CertificateFunctions, store: bigint): Iterable<KeyPlace> {
  const places = new Map<string, KeyPlace>();
  findCertificate(functions, store, (context) => {
    const place = keyPlace(functions, context);
    if (place) places.set(JSON.stringify(place), place);
    return false;
  });
  return [...places.values()];
}

/** The first certificate for which `wanted` is true; the caller frees it. 0 if there is none. */
function findCertificate(functions: CertificateFunctions, store: bigint, wanted: (context: bigint) => boolean): bigint {
  for (let found = 0n; ; ) {
    // The call frees the certificate that is passed as the previous one.
    found = BigInt(functions.CertFindCertificateInStore(store, encodings, 0, CERT_FIND_ANY, 0, found));
    try {
      if (found === 0n || wanted(found)) return found;
    } catch (error) {
      functions.CertFreeCertificateContext(found);
      throw error;
    }
  }
}
