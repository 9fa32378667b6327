import { expect, onTestFinished } from "vitest";
import { SEC_E_INVALID_HANDLE, SEC_E_INVALID_TOKEN, SEC_E_OK } from "../../generated/status/constants.ts";
import type { IdentityFunctions } from "../../src/credentials/identities/identity-functions.ts";
import type { Address } from "../../src/ctypes/index.ts";
import { Arena, writeWideString } from "../../src/memory/index.ts";
import { copyOut, readWideString, writePointer, writeUint8, writeUint32 } from "../../src/native/index.ts";

/** The content of a test's identity. */
export interface ScriptedStrings {
  readonly user: string | undefined;
  readonly domain: string | undefined;
  readonly secret: string | undefined;
  readonly excluded: readonly string[];
  encryptedFor: number | undefined;
}

type Call = (...args: readonly Address[]) => Address;

/**
 * SSPI's functions for identities as Windows documents them, with a record of what they returned: everything has to be
 * released once, by the right function, and secrets have to be zeroed before.
 */
export class ScriptedIdentities {
  readonly functions: IdentityFunctions;
  readonly calls: string[] = [];
  /** The mistakes in the releases. */
  readonly problems: string[] = [];
  /** The memory of the strings that the calls passed. */
  readonly given: { readonly address: bigint; readonly size: number }[] = [];
  readonly #arena = new Arena(0x4_0000);
  readonly #identities = new Map<bigint, ScriptedStrings>();
  readonly #texts = new Map<bigint, { readonly size: number; readonly secret: boolean }>();

  /** `status` has the functions that only return a status. */
  constructor(status: Partial<Record<keyof IdentityFunctions, number>> = {}) {
    const all: Record<keyof IdentityFunctions, Call> = { ...this.#made(), ...this.#read(), ...this.#changed() };
    const entries = Object.entries(all).map(([name, work]): [string, Call] => [
      name,
      (...args) => {
        this.calls.push(name);
        return status[name as keyof IdentityFunctions] ?? work(...args);
      },
    ]);
    this.functions = Object.fromEntries(entries) as unknown as IdentityFunctions;
    onTestFinished(() => {
      expect(this.problems).toEqual([]);
      expect([this.#identities.size, this.#texts.size]).toEqual([0, 0]);
    });
  }

  #text(at: Address | undefined): string | undefined {
    if (BigInt(at ?? 0) === 0n) return undefined;
    const text = readWideString(BigInt(at as Address));
    this.given.push({ address: BigInt(at as Address), size: text.length * 2 });
    return text;
  }

  #hand(identity: ScriptedStrings, to: Address | undefined): number {
    const { address } = this.#arena.allocate(16);
    this.#identities.set(BigInt(address), identity);
    writePointer(to as Address, address);
    return SEC_E_OK;
  }

  #handText(text: string | undefined, to: Address | undefined, secret = false): void {
    if (text === undefined) return;
    const { address } = writeWideString(this.#arena, text);
    this.#texts.set(BigInt(address), { size: text.length * 2, secret });
    writePointer(to as Address, address);
  }

  /** Runs `work` with the identity at an address; returns SEC_E_INVALID_HANDLE if there is none. */
  #with(at: Address | undefined, work: (identity: ScriptedStrings) => number | undefined): number {
    const identity = this.#identities.get(BigInt(at ?? 0));
    return identity ? (work(identity) ?? SEC_E_OK) : SEC_E_INVALID_HANDLE;
  }

  #made() {
    return {
      SspiEncodeStringsAsAuthIdentity: (user, domain, secret, to) => {
        const [one, two, three] = [user, domain, secret].map((at) => this.#text(at));
        return this.#hand({ user: one, domain: two, secret: three, excluded: [], encryptedFor: undefined }, to);
      },
      SspiUnmarshalAuthIdentity: (size, at, to) => {
        const bytes = Buffer.from(copyOut(at as Address, Number(size)));
        this.given.push({ address: BigInt(at as Address), size: bytes.length });
        try {
          return this.#hand(JSON.parse(bytes.toString()) as ScriptedStrings, to);
        } catch {
          return SEC_E_INVALID_TOKEN;
        }
      },
      SspiCopyAuthIdentity: (at, to) => this.#with(at, (identity) => this.#hand({ ...identity }, to)),
      SspiExcludePackage: (at, name, to) =>
        this.#with(at, (identity) =>
          this.#hand({ ...identity, excluded: [...identity.excluded, this.#text(name) ?? ""] }, to),
        ),
    } satisfies Partial<Record<keyof IdentityFunctions, Call>>;
  }

  #read() {
    return {
      SspiEncodeAuthIdentityAsStrings: (at, user, domain, secret) =>
        this.#with(at, (identity) => {
          this.#handText(identity.user, user);
          this.#handText(identity.domain, domain);
          this.#handText(identity.secret, secret, true);
          return SEC_E_OK;
        }),
      SspiCompareAuthIdentities: (at, other, user, all) =>
        this.#with(at, (one) =>
          this.#with(other, (two) => {
            const sameUser = one.user === two.user && one.domain === two.domain;
            writeUint8(user as Address, sameUser ? 1 : 0);
            writeUint8(all as Address, sameUser && one.secret === two.secret ? 1 : 0);
            return SEC_E_OK;
          }),
        ),
      SspiMarshalAuthIdentity: (at, size, to) =>
        this.#with(at, (identity) => {
          const bytes = Buffer.from(JSON.stringify(identity));
          const { address } = this.#arena.write(bytes);
          this.#texts.set(BigInt(address), { size: bytes.length, secret: true });
          writeUint32(size as Address, bytes.length);
          writePointer(to as Address, address);
          return SEC_E_OK;
        }),
      SspiIsAuthIdentityEncrypted: (at) =>
        this.#identities.get(BigInt(at as Address))?.encryptedFor === undefined ? 0xff00 : 0xff01,
      SspiValidateAuthIdentity: (at) => this.#with(at, ({ user }) => (user === "" ? SEC_E_INVALID_TOKEN : SEC_E_OK)),
      SspiGetTargetHostName: (target, to) => {
        this.#handText(this.#text(target)?.split("/")[1], to);
        return SEC_E_OK;
      },
      SspiPrepareForCredRead: (at, target, type, name) =>
        this.#with(at, () => {
          writeUint32(type as Address, 2);
          this.#handText(`read ${this.#text(target)}`, name);
          return SEC_E_OK;
        }),
      SspiPrepareForCredWrite: (at, target, type, name, user, blob, size) =>
        this.#with(at, (identity) => {
          writeUint32(type as Address, 1);
          this.#handText(`write ${this.#text(target)}`, name);
          this.#handText(identity.user, user);
          this.#handText(identity.secret, blob, true);
          writeUint32(size as Address, (identity.secret ?? "").length * 2);
          return SEC_E_OK;
        }),
    } satisfies Partial<Record<keyof IdentityFunctions, Call>>;
  }

  #changed() {
    const encrypt = (at: Address | undefined, whom: number) =>
      this.#with(at, (identity) => {
        identity.encryptedFor = whom;
        return SEC_E_OK;
      });
    const decrypt = (at: Address | undefined, whom: number) =>
      this.#with(at, (identity) => {
        if (identity.encryptedFor !== whom) return SEC_E_INVALID_TOKEN;
        identity.encryptedFor = undefined;
        return SEC_E_OK;
      });
    return {
      SspiEncryptAuthIdentity: (at) => encrypt(at, 0),
      SspiEncryptAuthIdentityEx: (options, at) => encrypt(at, Number(options)),
      SspiDecryptAuthIdentity: (at) => decrypt(at, 0),
      SspiDecryptAuthIdentityEx: (options, at) => decrypt(at, Number(options)),
      SspiZeroAuthIdentity: (at) => {
        const identity = this.#identities.get(BigInt(at as Address));
        if (identity) this.#identities.set(BigInt(at as Address), { ...identity, secret: undefined });
        return 0;
      },
      SspiFreeAuthIdentity: (at) => {
        if (this.#identities.get(BigInt(at as Address))?.secret !== undefined)
          this.problems.push("an identity was freed with its secret in it");
        if (!this.#identities.delete(BigInt(at as Address))) this.problems.push("an identity was freed that is none");
        return 0;
      },
      SspiLocalFree: (at) => {
        const text = this.#texts.get(BigInt(at as Address));
        if (!this.#texts.delete(BigInt(at as Address))) this.problems.push("memory was freed that is none");
        else if (text?.secret && copyOut(at as Address, text.size).some((byte) => byte !== 0))
          this.problems.push("a secret was freed that was not zeroed");
        return 0;
      },
    } satisfies Partial<Record<keyof IdentityFunctions, Call>>;
  }
}
