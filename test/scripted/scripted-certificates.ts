import { expect, onTestFinished } from "vitest";
import { CERT_CONTEXT, CRYPT_INTEGER_BLOB, CRYPT_KEY_PROV_INFO } from "../../generated/wincrypt/structs.ts";
import type { CertificateFunctions } from "../../src/credentials/certificates/certificate-functions.ts";
import { type Address, hostAbi } from "../../src/ctypes/index.ts";
import { Arena, writeWideString } from "../../src/memory/index.ts";
import { copyOut, readStruct, readWideString, writeBytes, writePointer, writeUint32 } from "../../src/native/index.ts";

/** A certificate of a scripted store. */
export interface ScriptedCertificate {
  readonly der: Buffer;
  /** The container of its private key; absent if it has no key. */
  readonly container?: string;
  /** `dwProvType`: 24 by default, 0 for CNG. */
  readonly providerType?: number;
  /** `dwFlags` of the key's container: CRYPT_MACHINE_KEYSET or 0. */
  readonly keyFlags?: number;
}

/** Windows' functions for certificates as a test scripts them, with a count of what was opened and released. */
export class ScriptedCertificates {
  readonly functions: CertificateFunctions;
  /** Every call, with its significant arguments. */
  readonly calls: string[] = [];
  /** The keys that were imported. */
  readonly blobs: Buffer[] = [];
  /** The certificates that were added to a system store, in DER. */
  readonly added: Buffer[] = [];
  /** The memory that contained secrets. */
  readonly places: { readonly address: bigint; readonly size: number }[] = [];
  readonly #arena = new Arena(0x4000);
  readonly #contexts = new Map<bigint, { readonly certificate: ScriptedCertificate; references: number }>();
  readonly #stores = new Set<bigint>();

  constructor(certificates: readonly ScriptedCertificate[], fails: readonly (keyof CertificateFunctions)[] = []) {
    const addresses = certificates.map((certificate) => this.#write(certificate));
    const functions: CertificateFunctions = {
      PFXImportCertStore: (pfx, password, flags) => {
        const { cbData, pbData } = readStruct(CRYPT_INTEGER_BLOB, pfx as Address);
        const secret = readWideString(BigInt(password as Address));
        this.places.push(
          { address: pbData, size: cbData },
          { address: BigInt(password as Address), size: secret.length * 2 },
        );
        this.calls.push(`PFXImportCertStore ${Buffer.from(copyOut(pbData, cbData))} ${secret} ${flags}`);
        return this.#open();
      },
      CertOpenStore: (_provider, _encoding, _prov, flags, name) => {
        this.calls.push(`CertOpenStore ${readWideString(BigInt(name as Address))} ${flags}`);
        return this.#open();
      },
      CertAddCertificateContextToStore: (store, context, disposition, kept) => {
        const { certificate } = this.#contexts.get(BigInt(context as Address)) ?? {};
        if (!certificate || !this.#stores.has(BigInt(store as Address)) || kept) throw new Error("nothing to add");
        this.added.push(certificate.der);
        this.calls.push(`CertAddCertificateContextToStore ${disposition}`);
        return 1;
      },
      CertFindCertificateInStore: (_store, _encoding, _flags, _kind, _wanted, previous) => {
        if (previous) this.#free(BigInt(previous));
        const next = addresses[previous ? addresses.indexOf(BigInt(previous)) + 1 : 0];
        return next === undefined ? 0 : this.#refer(next);
      },
      CertDuplicateCertificateContext: (context) => this.#refer(BigInt(context as Address)),
      CertGetCertificateContextProperty: (context, property, into, size) =>
        this.#property(BigInt(context as Address), Number(property), into as Address, size as Address),
      CertFreeCertificateContext: (context) => this.#free(BigInt(context as Address)),
      CertCloseStore: (store) => {
        this.calls.push("CertCloseStore");
        return this.#stores.delete(BigInt(store as Address)) ? 1 : 0;
      },
      CertCreateCertificateContext: (_encoding, der, size) => {
        const address = this.#write({ der: Buffer.from(copyOut(der as Address, Number(size))) });
        return this.#refer(address);
      },
      CertSetCertificateContextProperty: (_context, property, _flags, data) => {
        const info = readStruct(CRYPT_KEY_PROV_INFO, data as Address);
        const container = readWideString(info.pwszContainerName);
        this.calls.push(`CertSetCertificateContextProperty ${property} ${container} ${info.dwFlags}`);
        return 1;
      },
      CryptImportKey: (_container, blob, size) => {
        this.places.push({ address: BigInt(blob as Address), size: Number(size) });
        this.blobs.push(Buffer.from(copyOut(blob as Address, Number(size)).buffer));
        this.calls.push("CryptImportKey");
        return 1;
      },
      CryptDestroyKey: () => this.calls.push("CryptDestroyKey"),
      CryptReleaseContext: () => this.calls.push("CryptReleaseContext"),
      NCryptOpenStorageProvider: (to, name) => {
        this.calls.push(`NCryptOpenStorageProvider ${readWideString(BigInt(name as Address))}`);
        writePointer(to as Address, 0x7001);
        return 0;
      },
      NCryptOpenKey: (provider, to, name, _spec, flags) => {
        this.calls.push(`NCryptOpenKey ${provider} ${readWideString(BigInt(name as Address))} ${flags}`);
        writePointer(to as Address, 0x7002);
        return 0;
      },
      NCryptDeleteKey: (key, flags) => {
        this.calls.push(`NCryptDeleteKey ${key} ${flags}`);
        return 0;
      },
      NCryptFreeObject: (handle) => {
        this.calls.push(`NCryptFreeObject ${handle}`);
        return 0;
      },
      CryptAcquireContextW: (_handle, container, provider, kind, flags) => {
        const names = [container, provider].map((name) => readWideString(BigInt(name as Address)));
        this.calls.push(`CryptAcquireContextW ${names.join(" ")} ${kind} ${flags}`);
        return 1;
      },
    };
    const failing = Object.fromEntries(
      fails.map((name) => [name, () => (name.startsWith("NCrypt") ? 0x8009_0016 : 0)]),
    );
    this.functions = { ...functions, ...failing };
    onTestFinished(() => expect(this.open()).toEqual({ contexts: 0, stores: 0 }));
  }

  /** How many contexts and stores are not released. */
  open(): { contexts: number; stores: number } {
    const references = [...this.#contexts.values()].map((one) => one.references);
    return { contexts: references.reduce((sum, one) => sum + one, 0), stores: this.#stores.size };
  }

  #open(): bigint {
    const store = BigInt(0x50000 + this.#stores.size);
    this.#stores.add(store);
    return store;
  }

  #write(certificate: ScriptedCertificate): bigint {
    const room = this.#arena.allocate(CERT_CONTEXT.layouts[hostAbi].size);
    const encoded = BigInt(this.#arena.write(certificate.der).address);
    const fields = { dwCertEncodingType: 1, pbCertEncoded: encoded, cbCertEncoded: certificate.der.length };
    CERT_CONTEXT.write(room.arena.view, fields, room.offset);
    this.#contexts.set(BigInt(room.address), { certificate, references: 0 });
    return BigInt(room.address);
  }

  #refer(address: bigint): bigint {
    const context = this.#contexts.get(address);
    if (context) context.references += 1;
    return address;
  }

  #free(address: bigint): number {
    const context = this.#contexts.get(address);
    if (!context || context.references === 0) throw new Error("a certificate was freed once too often");
    context.references -= 1;
    this.calls.push("CertFreeCertificateContext");
    return 1;
  }

  #property(address: bigint, property: number, into: Address, size: Address): number {
    const { container, providerType = 24, keyFlags = 0 } = this.#contexts.get(address)?.certificate ?? {};
    if (property !== 2 || container === undefined) return 0;
    const info = new DataView(new ArrayBuffer(CRYPT_KEY_PROV_INFO.layouts[hostAbi].size));
    CRYPT_KEY_PROV_INFO.write(info, {
      pwszContainerName: BigInt(writeWideString(this.#arena, container).address),
      pwszProvName: BigInt(writeWideString(this.#arena, "Provider").address),
      dwProvType: providerType,
      dwFlags: keyFlags,
      dwKeySpec: 1,
    });
    writeUint32(size, info.byteLength);
    if (BigInt(into) !== 0n) writeBytes(into, new Uint8Array(info.buffer));
    return 1;
  }
}
