import { contextAttributes } from "../../../generated/attributes.ts";
import {
  SpDeleteContextFn,
  SpExportSecurityContextFn,
  SpGetContextTokenFn,
  SpImportSecurityContextFn,
  SpInitUserModeContextFn,
  SpInstanceInitFn,
  SpQueryContextAttributesFn,
} from "../../../generated/ntsecpkg/callbacks.ts";
import {
  SECBUFFER_EMPTY,
  SECPKG_CONTEXT_EXPORT_DELETE_OLD,
  SECPKG_CONTEXT_EXPORT_RESET_NEW,
  SECPKG_CONTEXT_EXPORT_TO_KERNEL,
} from "../../../generated/sspi/constants.ts";
import { SecBuffer } from "../../../generated/sspi/structs.ts";
import type { Address } from "../../ctypes/index.ts";
import { type Implementations, implement } from "../../interface/native-table.ts";
import { copyOut, readStruct, writePointer, writeStruct } from "../../native/index.ts";
import { checkBytes } from "../../values/index.ts";
import { present, settled } from "./answers.ts";
import { answerAttribute } from "./attribute-writer.ts";
import { HandleTable } from "./handle-table.ts";
import { PackageError } from "./package-error.ts";
import type { PackageParts } from "./package-parts.ts";
import type { Session, SessionOrigin } from "./session.ts";
import { sessionMessages } from "./session-messages.ts";

/** The user mode of a package: sessions. */
export class UserMode<Credential, Context> {
  readonly sessions = new HandleTable<Session>();
  readonly #parts: PackageParts<Credential, Context>;

  constructor(parts: PackageParts<Credential, Context>) {
    this.#parts = parts;
  }

  get implementations(): Implementations {
    const { answers, services } = this.#parts;
    return {
      InstanceInit: implement(SpInstanceInitFn, (_version, table) =>
        answers.done("InstanceInit", () => services.attachDll(table)),
      ),
      InitUserModeContext: implement(SpInitUserModeContextFn, (handle, packed) =>
        answers.done("openSession", () => this.#open(BigInt(handle), packed, { from: "handshake", token: undefined })),
      ),
      DeleteUserModeContext: implement(SpDeleteContextFn, (handle) =>
        answers.done("close", () => settled(this.sessions.take(BigInt(handle)).close?.(), "close")),
      ),
      ...sessionMessages(answers, (handle) => this.sessions.get(handle)),
      ...this.#questions(),
      ...this.#moves(),
    };
  }

  #questions(): Implementations {
    const { answers, services } = this.#parts;
    return {
      QueryContextAttributes: implement(SpQueryContextAttributesFn, (handle, attribute, buffer) =>
        answers.done("query", () => {
          const { query } = this.sessions.get(BigInt(handle));
          answerAttribute(contextAttributes, query, attribute, BigInt(buffer), services);
        }),
      ),
      GetContextToken: implement(SpGetContextTokenFn, (handle, place) =>
        answers.done("token", () => writePointer(place, tokenOf(this.sessions.get(BigInt(handle))))),
      ),
    };
  }

  #moves(): Implementations {
    const { answers, numbers } = this.#parts;
    return {
      ExportContext: implement(SpExportSecurityContextFn, (handle, flags, packed, token) =>
        answers.done("export", () => this.#export(BigInt(handle), flags, packed, token)),
      ),
      ImportContext: implement(SpImportSecurityContextFn, (packed, token, place) =>
        answers.done("openSession", () => {
          const handle = numbers.next();
          this.#open(handle, packed, { from: "import", token: BigInt(token) || undefined });
          writePointer(place, handle);
        }),
      ),
    };
  }

  #open(handle: bigint, packed: Address, origin: SessionOrigin): void {
    const { definition } = this.#parts;
    if (!definition.openSession) throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION");
    const { pvBuffer, cbBuffer } = readStruct(SecBuffer, packed);
    const bytes = pvBuffer === 0n ? Buffer.alloc(0) : Buffer.from(copyOut(pvBuffer, cbBuffer).buffer);
    const session = present(definition.openSession(bytes, origin), "openSession");
    // If a complete context was initialised again, it already has a session: replace that and close it.
    const before = this.sessions.has(handle) ? this.sessions.take(handle) : undefined;
    this.sessions.set(handle, session);
    settled(before?.close?.(), "close");
  }

  #export(handle: bigint, flags: number, packed: Address, place: Address): void {
    const { services } = this.#parts;
    const session = this.sessions.get(handle);
    if (!session.export || flags & SECPKG_CONTEXT_EXPORT_TO_KERNEL)
      throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION");
    const resetNew = (flags & SECPKG_CONTEXT_EXPORT_RESET_NEW) !== 0;
    const deleteOld = (flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) !== 0;
    const token = BigInt(place) === 0n ? undefined : tokenOf(session);
    const bytes = checkBytes(present(session.export({ resetNew, deleteOld }), "export"), "export");
    const pvBuffer = services.callerBytes(bytes);
    try {
      if (token !== undefined) writePointer(place, services.duplicate(token));
    } catch (error) {
      services.freeCallerBytes(pvBuffer);
      throw error;
    }
    writeStruct(SecBuffer, packed, { cbBuffer: bytes.length, BufferType: SECBUFFER_EMPTY, pvBuffer });
    if (!deleteOld) return;
    this.sessions.take(handle);
    settled(session.close?.(), "close");
  }
}

function tokenOf(session: Session): bigint {
  if (!session.token) throw new PackageError("SEC_E_NO_IMPERSONATION");
  const token = present(session.token(), "token");
  if (typeof token !== "bigint") throw new TypeError(`token: expected a bigint, got ${typeof token}`);
  return token;
}
