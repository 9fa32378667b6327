import { type Arena, withArena, writeWideString } from "../../memory/index.ts";
import { check } from "../../status/index.ts";
import { checkText } from "../../values/index.ts";
import { Cells, type HeldIdentity, takeBytes, takeText } from "./identity-memory.ts";

/** How to ask the credential manager for a credential, with `CredRead`. */
export interface CredReadRequest {
  /** `CRED_TYPE_*` */
  readonly type: number;
  /** The name that the credential is kept under. */
  readonly targetName: string;
}

/** How to keep a credential in the credential manager, with `CredWrite`. The blob is secret. */
export interface CredWriteRequest extends CredReadRequest {
  /** The account that the credential is for. */
  readonly userName: string;
  /** The secret, in the form that `type` has. Zero it when it is written. */
  readonly credentialBlob: Uint8Array;
}

function nameIn(arena: Arena, target: string | undefined): number {
  return target === undefined ? 0 : writeWideString(arena, checkText(target, "target", { empty: false })).address;
}

/** @throws TypeError, RangeError, SspiError */
export function prepareForCredRead({ functions, address }: HeldIdentity, target: string): CredReadRequest {
  checkText(target, "target", { empty: false });
  const cells = new Cells(2);
  const status = withArena(256, (arena) =>
    functions.SspiPrepareForCredRead(address, nameIn(arena, target), cells.at(0), cells.at(1)),
  );
  check("SspiPrepareForCredRead", Number(status));
  return { type: cells.uint32(0), targetName: takeText(functions, cells.pointer(1)) ?? "" };
}

/** @throws TypeError, RangeError, SspiError */
export function prepareForCredWrite({ functions, address }: HeldIdentity, target?: string): CredWriteRequest {
  const cells = new Cells(5);
  const places = [0, 1, 2, 3, 4].map((index) => cells.at(index));
  const status = withArena(256, (arena) =>
    functions.SspiPrepareForCredWrite(address, nameIn(arena, target), ...places),
  );
  check("SspiPrepareForCredWrite", Number(status));
  return {
    type: cells.uint32(0),
    targetName: takeText(functions, cells.pointer(1)) ?? "",
    userName: takeText(functions, cells.pointer(2)) ?? "",
    credentialBlob: takeBytes(functions, cells.pointer(3), cells.uint32(4)),
  };
}
