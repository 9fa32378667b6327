import { type AttributeDeclaration, type AttributePointer, hostAbi } from "../ctypes/index.ts";
import { copyOut, readAnsiString, readStruct, readWideString, type SecurityProvider } from "../native/index.ts";
import { acquired, type ReleaseFunction, release } from "./release.ts";
import { dateOfTicks } from "./ticks.ts";
import { leaseWorkspace, returnWorkspace } from "./workspace.ts";

/**
 * Asks for an attribute: `call` is given the address of the zeroed struct and throws on failure. What comes
 * back is plain values; what the package allocated has been copied and released.
 */
export function readAttribute<T>(
  provider: SecurityProvider,
  declaration: AttributeDeclaration<T>,
  call: (address: number) => void,
): T {
  const workspace = leaseWorkspace();
  try {
    workspace.clearValue(declaration.struct.layouts[hostAbi].size);
    call(workspace.valueAddress);
    const raw = declaration.struct.read(workspace.arena.view, workspace.valueOffset) as Fields;
    return (
      declaration.pointers.length + declaration.times.length === 0 ? raw : plain(provider, declaration, raw)
    ) as T;
  } finally {
    returnWorkspace(workspace);
  }
}

type Fields = Record<string, unknown>;

function plain(provider: SecurityProvider, { pointers, times }: AttributeDeclaration, raw: Fields): Fields {
  const handedOut = pointers.filter(({ field, releasedBy }) => releasedBy && raw[field] !== 0n);
  for (const { releasedBy } of handedOut) acquired(releasedBy as ReleaseFunction);
  try {
    const value = { ...raw };
    for (const field of times) value[field] = dateOfTicks(raw[field] as bigint);
    for (const pointer of pointers) value[pointer.field] = behind(pointer, raw);
    return value;
  } finally {
    for (const { field, releasedBy } of handedOut)
      release(provider, releasedBy as ReleaseFunction, raw[field] as bigint);
  }
}

function behind(pointer: AttributePointer, raw: Fields): unknown {
  const address = raw[pointer.field] as bigint;
  const { holds } = pointer;
  if (holds === "wide-string") return readWideString(address);
  if (holds === "ansi-string") return readAnsiString(address);
  if (holds === "bytes") return address === 0n ? new Uint8Array() : copyOut(address, sizeBehind(pointer, raw));
  if (address === 0n) return undefined;
  const nested = readStruct(holds, address) as Fields;
  for (const inner of pointer.inside ?? []) nested[inner.field] = behind(inner, nested);
  return nested;
}

function sizeBehind({ sizedBy, element }: AttributePointer, raw: Fields): number {
  const count = Number(raw[sizedBy ?? ""] ?? 0);
  if (!element) return count;
  return count * ("struct" in element ? element.layouts[hostAbi].size : element.size());
}
