import { SECBUFFER_EMPTY } from "../../generated/sspi/constants.ts";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { providerFor } from "../credentials/index.ts";
import {
  HandleSlot,
  releaseUnowned,
  SharedHandle,
  type Workspace,
  withWorkspace,
  writeWideString,
} from "../memory/index.ts";
import { checkProvider, type SecurityProvider } from "../native/index.ts";
import { check, isFailure } from "../status/index.ts";
import { checkBytes, checkText, madeHere, type OptionNames, readOptions } from "../values/index.ts";
import { AccessToken } from "./access-token.ts";
import { HeldContext } from "./context-handles.ts";
import { ContextLife } from "./context-life.ts";
import { PeerNameError } from "./peer.ts";
import { SecurityContext } from "./security-context.ts";

/** The options of an import. */
export interface ImportOptions {
  /** The package that exported it. */
  readonly package: string;
  /** The bytes that the export returned. */
  readonly packed: Uint8Array;
  /** The token that came with the export; the caller keeps its ownership. */
  readonly token?: AccessToken | bigint;
  /** The provider that imports; by default the one from which credentials for that package would be acquired. */
  readonly provider?: SecurityProvider;
}

const importOptionNames: OptionNames<ImportOptions> = { package: true, packed: true, token: true, provider: true };

/** A context that was established elsewhere. Neither its flags nor its expiry are known here; ask with `query`. */
export class ImportedContext extends SecurityContext<never> {
  /** @internal */
  constructor(name: string, handle: SharedHandle) {
    if (!(handle instanceof SharedHandle)) throw new TypeError("ImportedContext: use importContext()");
    // An imported context is complete from the beginning and has no credential.
    const life = new ContextLife("ImportedContext", name, handle.provider, new HeldContext(handle), "complete");
    super(madeHere, life, { granted: {} as never, wideGranted: {} as never });
  }

  /**
   * Always throws: an imported context does not know which side it is, so a client could be taken for its own peer. Ask
   * for the peer before the export.
   *
   * @throws PeerNameError
   * @see QueryContextAttributesW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-querycontextattributesw
   */
  peer(): never {
    this.life.context();
    throw new PeerNameError("an imported context does not know which side it is; ask before the export");
  }
}

/**
 * Imports a context that {@link SecurityContext.export} packed, in this or another process of this machine. The caller
 * owns the new context and closes it.
 *
 * @throws TypeError or RangeError naming the option that is wrong.
 * @throws SspiError `SEC_E_INVALID_TOKEN` … for bytes that are not such a context; nothing stays allocated.
 * @see ImportSecurityContextW https://learn.microsoft.com/windows/win32/api/sspi/nf-sspi-importsecuritycontextw
 */
export function importContext(options: ImportOptions): ImportedContext {
  const given = readOptions<ImportOptions>(options, "options", importOptionNames);
  const name = checkText(given.package, "package", { empty: false });
  const packed = checkBytes(given.packed, "packed");
  const token = tokenValue(given.token);
  const provider = given.provider === undefined ? providerFor(name) : checkProvider(given.provider);
  const slot = HandleSlot.lease();
  const write = ({ arena, valueOffset, valueAddress }: Workspace): void => {
    const room = arena.write(packed);
    const pvBuffer = packed.length === 0 ? 0n : BigInt(room.address);
    SecBuffer.write(arena.view, { cbBuffer: packed.length, BufferType: SECBUFFER_EMPTY, pvBuffer }, valueOffset);
    const nameAddress = writeWideString(arena, name).address;
    const status = provider.ImportSecurityContextW(nameAddress, valueAddress, token, slot.address);
    if (status !== SEC_E_OK && !isFailure(status)) releaseUnowned(provider, slot, "DeleteSecurityContext");
    check("ImportSecurityContextW", status, provider);
  };
  try {
    // The packed context holds the keys of the session.
    withWorkspace(write, { secret: true });
  } catch (error) {
    slot.giveBack();
    throw error;
  }
  return new ImportedContext(name, new SharedHandle(provider, slot, "DeleteSecurityContext"));
}

function tokenValue(token: AccessToken | bigint | undefined): bigint {
  if (token === undefined || typeof token === "bigint") return token ?? 0n;
  if (!(token instanceof AccessToken))
    throw new TypeError(`token: expected an AccessToken or a bigint, got ${typeof token}`);
  return token.value;
}
