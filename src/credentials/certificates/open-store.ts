import {
  CERT_FIND_HASH,
  CERT_FIND_SUBJECT_STR_W,
  CERT_STORE_OPEN_EXISTING_FLAG,
  CERT_STORE_READONLY_FLAG,
  CERT_SYSTEM_STORE_CURRENT_USER,
  CERT_SYSTEM_STORE_LOCAL_MACHINE,
  PKCS_7_ASN_ENCODING,
  sz_CERT_STORE_PROV_SYSTEM_W,
  X509_ASN_ENCODING,
} from "../../../generated/wincrypt/constants.ts";
import { CRYPT_INTEGER_BLOB } from "../../../generated/wincrypt/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import { type Arena, withArena, writeWideString } from "../../memory/index.ts";
import { checkName, checkText, type OptionNames, readOptions, shapeOf } from "../../values/index.ts";
import { answered } from "./certificate-error.ts";
import type { CertificateFunctions } from "./certificate-functions.ts";
import { HeldCertificate } from "./held-certificate.ts";

/** Selects a certificate in the system's stores: by `thumbprint` or by `subject`. */
export interface StoreSearch {
  /** The store: `"ROOT"`, `"CA"` … By default `"MY"`, which holds certificates with private keys. */
  readonly store?: string;
  /** The owner of the store; the current user by default. */
  readonly location?: "currentUser" | "localMachine";
  /** SHA-1 of the certificate, 40 hexadecimal digits; spaces and colons between them are ignored. */
  readonly thumbprint?: string;
  /** Text in the subject, ignoring case; the first match is used. */
  readonly subject?: string;
}

const locations = {
  currentUser: CERT_SYSTEM_STORE_CURRENT_USER,
  localMachine: CERT_SYSTEM_STORE_LOCAL_MACHINE,
} as const;
const encodings = (X509_ASN_ENCODING | PKCS_7_ASN_ENCODING) >>> 0;

const searchNames: OptionNames<StoreSearch> = { thumbprint: true, subject: true, store: true, location: true };

interface Search {
  readonly kind: number;
  readonly write: (arena: Arena) => number;
}

/** @throws TypeError, RangeError, CertificateError, FunctionNotFoundError */
export function openFromStore(functions: CertificateFunctions, given: StoreSearch): HeldCertificate {
  const search = readOptions<StoreSearch>(given, "search", searchNames);
  const { store = "MY", location = "currentUser" } = search;
  checkText(store, "store", { empty: false });
  const whose = locations[checkName(location, "location", ["currentUser", "localMachine"])];
  const { kind, write } = searchOf(search);
  const opened = openStore(functions, store, whose | CERT_STORE_OPEN_EXISTING_FLAG | CERT_STORE_READONLY_FLAG);
  try {
    const find = () =>
      withArena(1024, (arena) => functions.CertFindCertificateInStore(opened, encodings, 0, kind, write(arena), 0));
    return new HeldCertificate(functions, answered("CertFindCertificateInStore", find, "no certificate fits"), opened);
  } catch (error) {
    functions.CertCloseStore(opened, 0);
    throw error;
  }
}

/** Opens a store of the system; the caller closes it. @throws CertificateError */
export function openStore(functions: CertificateFunctions, store: string, flags: number): bigint {
  const open = () =>
    withArena(1024, (arena) => {
      const provider = arena.write(Buffer.from(`${sz_CERT_STORE_PROV_SYSTEM_W}\0`)).address;
      return functions.CertOpenStore(provider, 0, 0, flags, writeWideString(arena, store).address);
    });
  return answered("CertOpenStore", open, "the store was not opened");
}

function searchOf({ thumbprint, subject }: StoreSearch): Search {
  if ((thumbprint === undefined) === (subject === undefined))
    throw new TypeError("search: expected either thumbprint or subject");
  if (subject !== undefined) {
    checkText(subject, "subject", { empty: false });
    return { kind: CERT_FIND_SUBJECT_STR_W, write: (arena) => writeWideString(arena, subject).address };
  }
  const digits = checkText(thumbprint, "thumbprint").replace(/[\s:]/g, "");
  if (!/^[0-9a-f]{40}$/i.test(digits))
    throw new RangeError(`thumbprint: expected 40 hexadecimal digits (SHA-1), got ${shapeOf(thumbprint)}`);
  return { kind: CERT_FIND_HASH, write: (arena) => writeBlob(arena, Buffer.from(digits, "hex")) };
}

function writeBlob(arena: Arena, bytes: Uint8Array): number {
  const { size, offsets } = CRYPT_INTEGER_BLOB.layouts[hostAbi];
  const blob = arena.allocate(size);
  blob.putUint32(offsets.cbData, bytes.length);
  blob.putPointer(offsets.pbData, arena.write(bytes).address);
  return blob.address;
}
