import { NCRYPT_MACHINE_KEY_FLAG, NCRYPT_SILENT_FLAG } from "../../../generated/ncrypt/constants.ts";
import {
  CERT_KEY_CONTEXT_PROP_ID,
  CERT_KEY_PROV_INFO_PROP_ID,
  CERT_NCRYPT_KEY_HANDLE_PROP_ID,
  CRYPT_DELETEKEYSET,
  CRYPT_MACHINE_KEYSET,
} from "../../../generated/wincrypt/constants.ts";
import { CRYPT_KEY_PROV_INFO } from "../../../generated/wincrypt/structs.ts";
import { Cell, withArena, writeWideString } from "../../memory/index.ts";
import { readWideString } from "../../native/index.ts";
import type { CertificateFunctions } from "./certificate-functions.ts";

/** Where a certificate's private key is kept. */
export interface KeyPlace {
  readonly container: string;
  readonly provider: string;
  /** 0 for a CNG provider. */
  readonly providerType: number;
  readonly machine: boolean;
}

const keyProperties = [CERT_KEY_PROV_INFO_PROP_ID, CERT_KEY_CONTEXT_PROP_ID, CERT_NCRYPT_KEY_HANDLE_PROP_ID];

/** Whether the system knows a private key for a certificate. */
export function hasPrivateKey(functions: CertificateFunctions, context: bigint): boolean {
  return keyProperties.some((property) => propertyOf(functions, context, property, 0) !== undefined);
}

/**
 * Returns the property's size if `room` is 0, else writes its bytes to `room`; undefined if the certificate does not
 * have the property.
 */
function propertyOf(functions: CertificateFunctions, context: bigint, property: number, room: number, size = 0) {
  const cell = new Cell();
  cell.uint32 = size;
  const found = functions.CertGetCertificateContextProperty(context, property, room, cell.address);
  return Number(found) === 0 ? undefined : cell.uint32;
}

/** Where the private key is stored; undefined if it is only in memory, or if there is none. */
export function keyPlace(functions: CertificateFunctions, context: bigint): KeyPlace | undefined {
  const size = propertyOf(functions, context, CERT_KEY_PROV_INFO_PROP_ID, 0);
  if (size === undefined) return undefined;
  return withArena(size, (arena) => {
    if (propertyOf(functions, context, CERT_KEY_PROV_INFO_PROP_ID, arena.base, size) === undefined) return undefined;
    const info = CRYPT_KEY_PROV_INFO.read(arena.view);
    return {
      container: readWideString(info.pwszContainerName),
      provider: readWideString(info.pwszProvName),
      providerType: info.dwProvType,
      machine: (info.dwFlags & CRYPT_MACHINE_KEYSET) !== 0,
    };
  });
}

/**
 * Deletes an imported key from its container. Never throws, because it may run while another error is being thrown: a
 * key that could not be deleted is reported as a process warning.
 */
export function forgetKey(functions: CertificateFunctions, place: KeyPlace): void {
  if ((place.providerType === 0 ? deleteCngKey : deleteContainer)(functions, place)) return;
  process.emitWarning("the private key that a certificate brought could not be deleted", {
    type: "SspiReleaseWarning",
    code: "SSPI_RELEASE_REFUSED",
  });
}

function deleteContainer(functions: CertificateFunctions, place: KeyPlace): boolean {
  const { container, provider, providerType, machine } = place;
  const flags = CRYPT_DELETEKEYSET | (machine ? CRYPT_MACHINE_KEYSET : 0);
  return withArena(512, (arena) => {
    const handle = arena.allocate(8);
    const names = [container, provider].map((name) => writeWideString(arena, name).address);
    return Number(functions.CryptAcquireContextW(handle.address, ...names, providerType, flags)) !== 0;
  });
}

function deleteCngKey(functions: CertificateFunctions, { container, provider, machine }: KeyPlace): boolean {
  return withArena(512, (arena) => {
    const [from, key] = [new Cell(), new Cell()];
    const names = [provider, container].map((name) => writeWideString(arena, name).address) as [number, number];
    if (Number(functions.NCryptOpenStorageProvider(from.address, names[0], 0)) !== 0) return false;
    const opened = from.pointer;
    const flags = machine ? NCRYPT_MACHINE_KEY_FLAG : 0;
    let deleted = false;
    if (Number(functions.NCryptOpenKey(opened, key.address, names[1], 0, flags)) === 0) {
      const handle = key.pointer;
      deleted = Number(functions.NCryptDeleteKey(handle, NCRYPT_SILENT_FLAG)) === 0;
      // Deleting a key also frees its handle.
      if (!deleted) functions.NCryptFreeObject(handle);
    }
    functions.NCryptFreeObject(opened);
    return deleted;
  });
}
