import {
  CERT_KEY_CONTEXT_PROP_ID,
  CERT_KEY_PROV_INFO_PROP_ID,
  CERT_NCRYPT_KEY_HANDLE_PROP_ID,
  CRYPT_DELETEKEYSET,
  CRYPT_MACHINE_KEYSET,
} from "../../../generated/wincrypt/constants.ts";
import { CRYPT_KEY_PROV_INFO } from "../../../generated/wincrypt/structs.ts";
import { Arena, writeWideString } from "../../memory/index.ts";
import { addressOfBuffer, readWideString } from "../../native/index.ts";
import type { CertificateFunctions } from "./certificate-functions.ts";

/** Where a certificate's private key is kept. */
export interface KeyPlace {
  readonly container: string;
  readonly provider: string;
  /** 0 for a provider of CNG. */
  readonly providerType: number;
  readonly machine: boolean;
}

const keyProperties = [CERT_KEY_PROV_INFO_PROP_ID, CERT_KEY_CONTEXT_PROP_ID, CERT_NCRYPT_KEY_HANDLE_PROP_ID];

/** Whether the system knows of a private key to a certificate. */
export function hasPrivateKey(functions: CertificateFunctions, context: bigint): boolean {
  const size = new Uint32Array(1);
  return keyProperties.some((property) => {
    size[0] = 0;
    const place = addressOfBuffer(size.buffer);
    return Number(functions.CertGetCertificateContextProperty(context, property, 0, place)) !== 0;
  });
}

/** Undefined where the key is nowhere but in memory, or there is none. */
export function keyPlace(functions: CertificateFunctions, context: bigint): KeyPlace | undefined {
  const size = new Uint32Array(1);
  const sizeAt = addressOfBuffer(size.buffer);
  const ask = (into: number): boolean =>
    Number(functions.CertGetCertificateContextProperty(context, CERT_KEY_PROV_INFO_PROP_ID, into, sizeAt)) !== 0;
  if (!ask(0)) return undefined;
  const arena = new Arena(Math.ceil((size[0] as number) / 16) * 16);
  if (!ask(arena.base)) return undefined;
  const info = CRYPT_KEY_PROV_INFO.read(arena.view);
  return {
    container: readWideString(info.pwszContainerName),
    provider: readWideString(info.pwszProvName),
    providerType: info.dwProvType,
    machine: (info.dwFlags & CRYPT_MACHINE_KEYSET) !== 0,
  };
}

/** Deletes an imported key from where it is kept. False where it is not there, or cannot be deleted. */
export function deleteKey(functions: CertificateFunctions, place: KeyPlace): boolean {
  const { container, provider, providerType, machine } = place;
  const arena = new Arena(512);
  const handle = arena.allocate(8);
  const names = [container, provider].map((name) => writeWideString(arena, name).address);
  const flags = CRYPT_DELETEKEYSET | (machine ? CRYPT_MACHINE_KEYSET : 0);
  return Number(functions.CryptAcquireContextW(handle.address, ...names, providerType, flags)) !== 0;
}
