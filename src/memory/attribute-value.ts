import {
  type AttributeDeclaration,
  type AttributePointer,
  arrayOf,
  hostAbi,
  lonePointer,
  type Scalar,
  type Struct,
  wideText,
} from "../ctypes/index.ts";
import { copyHandedOut, readAnsiString, readStruct, readWideString, type SecurityProvider } from "../native/index.ts";
import { dateOfTicks } from "../values/ticks.ts";
import { acquired, type ReleaseFunction, release } from "./release.ts";
import { leaseWorkspace, returnWorkspace } from "./workspace.ts";

/**
 * Queries an attribute: `call` receives the address of the zeroed struct and throws on failure. The result consists of
 * plain values; the package's allocations have been copied and released.
 */
export function readAttribute<T>(
  provider: SecurityProvider,
  declaration: AttributeDeclaration<T, ReleaseFunction>,
  call: (address: number) => void,
): T {
  const { struct, pointers, times, preset } = declaration;
  const workspace = leaseWorkspace();
  try {
    workspace.clearValue(struct.layouts[hostAbi].size);
    if (preset) struct.write(workspace.arena.view, preset, workspace.valueOffset);
    call(workspace.valueAddress);
    const raw = struct.read(workspace.arena.view, workspace.valueOffset) as Fields;
    const value = pointers.length + times.length === 0 ? raw : plain(provider, declaration, raw);
    return ((struct as Struct) === lonePointer ? value["value"] : value) as T;
  } finally {
    returnWorkspace(workspace);
  }
}

type Fields = Record<string, unknown>;

function plain(
  provider: SecurityProvider,
  { pointers, times }: AttributeDeclaration<unknown, ReleaseFunction>,
  raw: Fields,
): Fields {
  const handedOut = pointers.flatMap(({ field, releasedBy }): [ReleaseFunction, bigint][] => {
    const address = raw[field] as bigint;
    return releasedBy === undefined || address === 0n ? [] : [[releasedBy, address]];
  });
  for (const [releasedBy] of handedOut) acquired(releasedBy);
  try {
    const value = { ...raw };
    for (const field of times) value[field] = dateOfTicks(raw[field] as bigint);
    for (const pointer of pointers) value[pointer.field] = behind(pointer, raw);
    return value;
  } finally {
    for (const [releasedBy, address] of handedOut) release(provider, releasedBy, address);
  }
}

function behind(pointer: AttributePointer, raw: Fields): unknown {
  const { field, holds, sizedBy, counts, inside, only } = pointer;
  if (holds === "embedded") return follow(raw[field] as Fields, inside);
  const address = raw[field] as bigint;
  const size = sizedBy === undefined || address === 0n ? 0 : Number(raw[sizedBy] ?? 0);
  if (holds === "wide-string")
    return sizedBy === undefined ? readWideString(address) : sizedText(address, size, counts);
  if (holds === "ansi-string") return readAnsiString(address);
  if (holds === "bytes") return copyHandedOut(address, size);
  if (counts === "elements") return elements(holds, address, size).map((one) => follow(one, inside));
  if (address === 0n) return undefined;
  const nested = follow(readStruct(holds as Struct, address), inside) as Fields;
  return only === undefined ? nested : nested[only];
}

/** Replaces the pointers of a struct by the values that they point to; a scalar has no pointers. */
function follow(value: unknown, inside: readonly AttributePointer[] = []): unknown {
  const fields = value as Fields;
  for (const pointer of inside) fields[pointer.field] = behind(pointer, fields);
  return value;
}

function elements(element: Struct | Scalar, address: bigint, count: number): readonly unknown[] {
  const one = "struct" in element ? element.layouts[hostAbi].size : element.size();
  return arrayOf(element as Scalar, count).get(new DataView(copyHandedOut(address, count * one).buffer), 0);
}

/** Reads text of a known size: its NUL may be missing, and characters after a NUL are ignored. */
function sizedText(address: bigint, size: number, counts: "elements" | undefined): string {
  const units = counts === "elements" ? size : size >> 1;
  return wideText(units).get(new DataView(copyHandedOut(address, units * 2).buffer), 0);
}
