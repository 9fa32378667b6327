import { inspect } from "node:util";
import {
  SEC_WINNT_AUTH_IDENTITY_ENCRYPT,
  type SecWinntAuthIdentityEncrypt,
} from "../../../generated/sspi/constants.ts";
import { Cell, Owned, withArena, writeWideString } from "../../memory/index.ts";
import { check } from "../../status/index.ts";
import { checkKey, checkText, type OptionNames, readOptions, shapeOf } from "../../values/index.ts";
import { identityFunctions } from "./identity-functions.ts";
import { forgetText, HeldIdentity, handedOut, takeBytes, takeText } from "./identity-memory.ts";
import { encodeIdentity, type IdentityStrings, unmarshalIdentity } from "./make-identity.ts";
import {
  type CredReadRequest,
  type CredWriteRequest,
  prepareForCredRead,
  prepareForCredWrite,
} from "./saved-credential.ts";

/** Options of {@link AuthIdentity.strings}. */
export interface IdentityStringsOptions {
  /** Whether to return the secret too; false by default. */
  readonly secret?: boolean;
}

const stringsOptionNames: OptionNames<IdentityStringsOptions> = { secret: true };

let heldOf: (identity: AuthIdentity) => HeldIdentity;
let hold: (held: HeldIdentity) => AuthIdentity;

/**
 * An identity in SSPI's own memory, `PSEC_WINNT_AUTH_IDENTITY_OPAQUE`. It can be copied, compared, encrypted, converted
 * to bytes, and passed to {@link Credential.acquireSync}. Closing it zeroes its secret and frees it. If a machine's
 * SSPI lacks a function, the method that needs it fails with `SEC_E_UNSUPPORTED_FUNCTION`.
 */
export class AuthIdentity implements Disposable {
  readonly #owned: Owned<HeldIdentity>;

  static {
    heldOf = (identity) => identity.#owned.value;
    hold = (held) => new AuthIdentity(held);
  }

  private constructor(held: HeldIdentity) {
    if (!(held instanceof HeldIdentity)) throw new TypeError("AuthIdentity: use AuthIdentity.encode() or unmarshal()");
    this.#owned = new Owned("AuthIdentity", held, (released) => released.letGo());
  }

  /**
   * Makes an identity from names and a secret. The secret is copied once, and zeroed after the call.
   *
   * @throws TypeError or RangeError naming the string that is wrong; never with the secret.
   * @throws SspiError
   * @see SspiEncodeStringsAsAuthIdentity https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspiencodestringsasauthidentity
   */
  static encode(strings: IdentityStrings): AuthIdentity {
    return new AuthIdentity(encodeIdentity(identityFunctions, strings));
  }

  /**
   * Makes an identity from the bytes of {@link AuthIdentity.marshal}.
   *
   * @throws SspiError if the bytes are not an identity.
   * @see SspiUnmarshalAuthIdentity https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspiunmarshalauthidentity
   */
  static unmarshal(bytes: Uint8Array): AuthIdentity {
    return new AuthIdentity(unmarshalIdentity(identityFunctions, bytes));
  }

  /** The native identity, for functions of `sspi-ffi/raw`; valid until this is closed. @throws DisposedError */
  get address(): bigint {
    return this.#owned.value.address;
  }

  /**
   * The user and domain of the identity, and its secret if `secret` is true; otherwise the secret is not converted to a
   * string. The native copies are zeroed and freed.
   *
   * @throws SspiError
   * @see SspiEncodeAuthIdentityAsStrings https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspiencodeauthidentityasstrings
   */
  strings(options: IdentityStringsOptions = {}): IdentityStrings & { readonly packedCredentials?: string } {
    const { secret = false } = readOptions<IdentityStringsOptions>(options, "options", stringsOptionNames);
    const { functions, address } = this.#owned.value;
    const [user, domain, packed] = [new Cell(), new Cell(), new Cell()];
    // The documentation allows NULL for the third string, but Wine writes to it anyway.
    const status = functions.SspiEncodeAuthIdentityAsStrings(address, user.address, domain.address, packed.address);
    check("SspiEncodeAuthIdentityAsStrings", Number(status));
    const [userName, domainName] = [takeText(functions, user.pointer), takeText(functions, domain.pointer)];
    if (!secret) forgetText(functions, packed.pointer);
    const packedCredentials = secret ? takeText(functions, packed.pointer, true) : undefined;
    return {
      ...(userName !== undefined && { user: userName }),
      ...(domainName !== undefined && { domain: domainName }),
      ...(packedCredentials !== undefined && { packedCredentials }),
    };
  }

  /**
   * Copies the identity; the copy must be closed separately.
   *
   * @throws SspiError
   * @see SspiCopyAuthIdentity https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspicopyauthidentity
   */
  copy(): AuthIdentity {
    const { functions, address } = this.#owned.value;
    return new AuthIdentity(
      handedOut(functions, "SspiCopyAuthIdentity", (cell) => functions.SspiCopyAuthIdentity(address, cell)),
    );
  }

  /**
   * Compares two identities: whether the user is the same, and whether the secret is the same too.
   *
   * @throws SspiError
   * @see SspiCompareAuthIdentities https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspicompareauthidentities
   */
  compare(other: AuthIdentity): { readonly sameUser: boolean; readonly sameIdentity: boolean } {
    const { functions, address } = this.#owned.value;
    if (!(other instanceof AuthIdentity)) throw new TypeError(`other: expected an AuthIdentity, got ${shapeOf(other)}`);
    const [sameUser, sameIdentity] = [new Cell(), new Cell()];
    const outputs = [sameUser.address, sameIdentity.address] as const;
    const status = functions.SspiCompareAuthIdentities(address, other.address, ...outputs);
    check("SspiCompareAuthIdentities", Number(status));
    return { sameUser: sameUser.boolean, sameIdentity: sameIdentity.boolean };
  }

  /**
   * Converts the identity to bytes that can be moved elsewhere. They contain the secret, so zero them after use.
   *
   * @throws SspiError
   * @see SspiMarshalAuthIdentity https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspimarshalauthidentity
   */
  marshal(): Uint8Array<ArrayBuffer> {
    const { functions, address } = this.#owned.value;
    const [size, bytes] = [new Cell(), new Cell()];
    check("SspiMarshalAuthIdentity", Number(functions.SspiMarshalAuthIdentity(address, size.address, bytes.address)));
    return takeBytes(functions, bytes.pointer, size.uint32);
  }

  /**
   * Encrypts the secret in place, for this logon session unless `whom` names another scope.
   *
   * @throws SspiError
   * @see SspiEncryptAuthIdentityEx https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspiencryptauthidentityex
   */
  encrypt(whom?: SecWinntAuthIdentityEncrypt): void {
    const { functions, address } = this.#owned.value;
    if (whom === undefined) check("SspiEncryptAuthIdentity", Number(functions.SspiEncryptAuthIdentity(address)));
    else {
      const options = SEC_WINNT_AUTH_IDENTITY_ENCRYPT[checkKey(whom, "whom", SEC_WINNT_AUTH_IDENTITY_ENCRYPT)];
      check("SspiEncryptAuthIdentityEx", Number(functions.SspiEncryptAuthIdentityEx(options, address)));
    }
  }

  /**
   * Decrypts the secret in place; `whom` is the scope that it was encrypted for.
   *
   * @throws SspiError
   * @see SspiDecryptAuthIdentityEx https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspidecryptauthidentityex
   */
  decrypt(whom?: SecWinntAuthIdentityEncrypt): void {
    const { functions, address } = this.#owned.value;
    if (whom === undefined) check("SspiDecryptAuthIdentity", Number(functions.SspiDecryptAuthIdentity(address)));
    else {
      const options = SEC_WINNT_AUTH_IDENTITY_ENCRYPT[checkKey(whom, "whom", SEC_WINNT_AUTH_IDENTITY_ENCRYPT)];
      check("SspiDecryptAuthIdentityEx", Number(functions.SspiDecryptAuthIdentityEx(options, address)));
    }
  }

  /** Whether the secret is encrypted (`SspiIsAuthIdentityEncrypted`). @throws FunctionNotFoundError */
  get encrypted(): boolean {
    const { functions, address } = this.#owned.value;
    return (Number(functions.SspiIsAuthIdentityEncrypted(address)) & 0xff) !== 0;
  }

  /**
   * Throws if the identity is not well formed.
   *
   * @throws SspiError
   * @see SspiValidateAuthIdentity https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspivalidateauthidentity
   */
  validate(): void {
    const { functions, address } = this.#owned.value;
    check("SspiValidateAuthIdentity", Number(functions.SspiValidateAuthIdentity(address)));
  }

  /**
   * Makes a copy with which Negotiate does not use the named package.
   *
   * @throws SspiError
   * @see SspiExcludePackage https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspiexcludepackage
   */
  excludePackage(name: string): AuthIdentity {
    const { functions, address } = this.#owned.value;
    checkText(name, "name", { empty: false });
    const exclude = (cell: number) =>
      withArena(256, (arena) => functions.SspiExcludePackage(address, writeWideString(arena, name).address, cell));
    return new AuthIdentity(handedOut(functions, "SspiExcludePackage", exclude));
  }

  /**
   * The arguments for reading what the credential manager stores for this identity and a target.
   *
   * @throws SspiError
   * @see SspiPrepareForCredRead https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspiprepareforcredread
   */
  prepareForCredRead(target: string): CredReadRequest {
    return prepareForCredRead(this.#owned.value, target);
  }

  /**
   * The arguments for storing this identity in the credential manager; the blob is secret.
   *
   * @throws SspiError
   * @see SspiPrepareForCredWrite https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspiprepareforcredwrite
   */
  prepareForCredWrite(target?: string): CredWriteRequest {
    return prepareForCredWrite(this.#owned.value, target);
  }

  /** Whether {@link close} was called, or the ownership of the identity was passed on. */
  get closed(): boolean {
    return this.#owned.closed;
  }

  /**
   * Zeroes the secret and frees the identity; harmless when repeated.
   *
   * @see SspiFreeAuthIdentity https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-sspifreeauthidentity
   */
  close(): void {
    this.#owned.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Prints no names: the caller decides whether to show the user. */
  [inspect.custom](): string {
    return `AuthIdentity {${this.closed ? " closed " : ""}}`;
  }
}

/** The native identity that credentials need. @throws DisposedError when it is closed. */
export function heldIdentityOf(identity: AuthIdentity): HeldIdentity {
  return heldOf(identity);
}

/** Wraps a held native identity. */
export function identityOf(held: HeldIdentity): AuthIdentity {
  return hold(held);
}
