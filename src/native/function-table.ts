import { providerSlots } from "../../generated/provider.ts";
import { InitSecurityInterfaceW } from "../../generated/sspi/functions.ts";
import { SecurityFunctionTableW } from "../../generated/sspi/structs.ts";
import { InitSecurityInterfaceExW } from "../../generated/winpr/functions.ts";
import { type FunctionDeclaration, hostAbi, pointer } from "../ctypes/index.ts";
import { koffi, type NativeFunction } from "./koffi.ts";
import { koffiPrototype } from "./koffi-types.ts";
import { addressOfBuffer, copyMemory } from "./memory-access.ts";
import type { NativeLibrary } from "./native-library.ts";

/** `SSPI_INTERFACE_WINPR`: selects WinPR's own table instead of the system's table, to which WinPR could forward. */
const winprInterface = 1;

/** The `SecurityFunctionTableW` of a library, read only up to the last member of its version. */
export class FunctionTable {
  /** `dwVersion`. */
  readonly version: number;
  readonly #view: DataView;

  private constructor(version: number, view: DataView) {
    this.version = version;
    this.#view = view;
  }

  /** Returns the table; undefined where the library exports no function for it, or that function returns NULL. */
  static of(library: NativeLibrary): FunctionTable | undefined {
    const init = library.bind(InitSecurityInterfaceW) ?? library.bind(InitSecurityInterfaceExW);
    if (!init) return undefined;
    const address = BigInt(library.exports("InitSecurityInterfaceW") ? init() : init(winprInterface));
    if (address === 0n) return undefined;
    const { size } = SecurityFunctionTableW.layouts[hostAbi];
    const bytes = new ArrayBuffer(size);
    const view = new DataView(bytes);
    copyMemory(addressOfBuffer(bytes), address, 4);
    const version = view.getUint32(0, true);
    copyMemory(addressOfBuffer(bytes), address, tableEnd(version));
    return new FunctionTable(version, view);
  }

  /** Returns the function of a member; undefined where the member is NULL or newer than the table's version. */
  bind(declaration: FunctionDeclaration, member: string, since: number): NativeFunction | undefined {
    if (since > this.version) return undefined;
    const { offsets } = SecurityFunctionTableW.layouts[hostAbi];
    const address = pointer.get(this.#view, offsets[member as keyof typeof offsets]);
    return address === 0n ? undefined : (koffi().decode(address, koffiPrototype(declaration)) as NativeFunction);
  }
}

/** The size of a table of this version in bytes: the offset of the first member of a later version. */
function tableEnd(version: number): number {
  const { offsets, size } = SecurityFunctionTableW.layouts[hostAbi];
  const later = Object.values(providerSlots)
    .filter((slot) => slot.member !== undefined && (slot.since ?? 1) > version)
    .map((slot) => offsets[slot.member as keyof typeof offsets]);
  return Math.min(size, ...later);
}
