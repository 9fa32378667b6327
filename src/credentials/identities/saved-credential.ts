import { type Arena, Cell, withArena, writeWideString } from "../../memory/index.ts";
import { check } from "../../status/index.ts";
import { checkText } from "../../values/index.ts";
import { type HeldIdentity, takeBytes, takeText } from "./identity-memory.ts";

/** The arguments for reading a credential from the credential manager with `CredRead`. */
export interface CredReadRequest {
  /** `CRED_TYPE_*` */
  readonly type: number;
  /** The name under which the credential is stored. */
  readonly targetName: string;
}

/** The arguments for storing a credential in the credential manager with `CredWrite`. The blob is secret. */
export interface CredWriteRequest extends CredReadRequest {
  /** The account that the credential is for. */
  readonly userName: string;
  /** The secret, in the form that `type` requires. Zero it after writing. */
  readonly credentialBlob: Uint8Array;
}

function nameIn(arena: Arena, target: string | undefined): number {
  return target === undefined ? 0 : writeWideString(arena, checkText(target, "target", { empty: false })).address;
}

/** @throws TypeError, RangeError, SspiError */
export function prepareForCredRead({ functions, address }: HeldIdentity, target: string): CredReadRequest {
  checkText(target, "target", { empty: false });
  const [type, targetName] = [new Cell(), new Cell()];
  const status = withArena(256, (arena) =>
    functions.SspiPrepareForCredRead(address, nameIn(arena, target), type.address, targetName.address),
  );
  check("SspiPrepareForCredRead", Number(status));
  return { type: type.uint32, targetName: takeText(functions, targetName.pointer) ?? "" };
}

/** @throws TypeError, RangeError, SspiError */
export function prepareForCredWrite({ functions, address }: HeldIdentity, target?: string): CredWriteRequest {
  const [type, targetName, userName, blob, blobSize] = [new Cell(), new Cell(), new Cell(), new Cell(), new Cell()];
  const outputs = [type, targetName, userName, blob, blobSize].map((cell) => cell.address);
  const status = withArena(256, (arena) =>
    functions.SspiPrepareForCredWrite(address, nameIn(arena, target), ...outputs),
  );
  check("SspiPrepareForCredWrite", Number(status));
  return {
    type: type.uint32,
    targetName: takeText(functions, targetName.pointer) ?? "",
    userName: takeText(functions, userName.pointer) ?? "",
    credentialBlob: takeBytes(functions, blob.pointer, blobSize.uint32),
  };
}
