import fc from "fast-check";
import koffi from "koffi";
import { describe, expect, it } from "vitest";
import { abis, type FieldType, hostAbi } from "../../src/ctypes/index.ts";
import { koffiType } from "../../src/native/koffi-types.ts";
import { everyStruct } from "./every-struct.ts";
import { holds } from "./holds.ts";
import { offenders } from "./offenders.ts";
import { structValues } from "./struct-values.ts";

/** koffi returns 64-bit values as Number or BigInt, whichever fits, and BOOLs as numbers. */
function comparable(value: unknown): unknown {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return BigInt(value);
  if (ArrayBuffer.isView(value)) return [...(value as Uint8Array | Uint32Array)].map(BigInt);
  if (Array.isArray(value)) return value.map(comparable);
  return Object.fromEntries(Object.entries(value as object).map(([name, field]) => [name, comparable(field)]));
}

/** koffi decodes a union to an empty object, and has no bit-fields. */
function decodable(type: FieldType): boolean {
  if ("array" in type) return decodable(type.array);
  if (!("struct" in type)) return !("shift" in type);
  return type.kind === "struct" && (Object.values(type.fields()) as FieldType[]).every(decodable);
}

/**
 * The value that koffi decoded, with text as text; bytes that are a wider type to C are compared as they were written.
 */
function asWritten(decoded: unknown, written: unknown): unknown {
  if (typeof written === "string") return textOf(decoded as ArrayLike<number>);
  if (written instanceof Uint8Array) return decoded instanceof Uint8Array ? decoded : written;
  if (typeof written !== "object" || written === null || Array.isArray(written)) return decoded;
  const fields = decoded as Record<string, unknown>;
  return Object.fromEntries(Object.entries(written).map(([name, field]) => [name, asWritten(fields[name], field)]));
}

function textOf(units: ArrayLike<number>): string {
  const all = Array.from(units);
  return String.fromCharCode(...all.slice(0, all.includes(0) ? all.indexOf(0) : undefined));
}

const limit = { timeout: 50_000 };

describe("a struct reads back what was written", limit, () => {
  it.each(abis)("on %s", (abi) => {
    const wrong = offenders(everyStruct, (struct) => {
      const { size } = struct.layouts[abi];
      fc.assert(
        fc.property(structValues(struct, abi), (value) => {
          const around = new Uint8Array(size + 32).fill(0xcc);
          struct.write(new DataView(around.buffer), value as never, 16, abi);
          const outside = [...around.subarray(0, 16), ...around.subarray(16 + size)];
          const read = struct.read(new DataView(around.buffer), 16, abi, 1);
          return holds(read, value) && outside.every((byte) => byte === 0xcc);
        }),
        { numRuns: 25 },
      );
    });
    expect(wrong).toEqual([]);
  });
});

it("koffi reads from memory what a struct's writer wrote there", limit, () => {
  const decoded = everyStruct.filter(decodable);
  expect(decoded.length).toBeGreaterThan(200);
  const wrong = offenders(decoded, (struct) => {
    const memory = new ArrayBuffer(struct.layouts[hostAbi].size);
    const type = koffiType(struct);
    fc.assert(
      fc.property(structValues(struct, hostAbi), (value) => {
        struct.write(new DataView(memory), value as never);
        return holds(comparable(asWritten(koffi.decode(koffi.address(memory), type), value)), comparable(value));
      }),
      { numRuns: 25 },
    );
  });
  expect(wrong).toEqual([]);
});

it("every struct refuses a field that it does not have, and memory that is too small for it", () => {
  const wrong = offenders(everyStruct, (struct) => {
    const { size, offsets } = struct.layouts[hostAbi];
    const view = new DataView(new ArrayBuffer(size));
    expect(() => struct.write(view, { nonsense: 1 } as never)).toThrow(
      `${struct.name}: no field has this name of 8 characters; expected `,
    );
    expect(() => struct.write(new DataView(new ArrayBuffer(size - 1)), {})).toThrow(RangeError);
    const withoutTheLast = new DataView(new ArrayBuffer(Math.max(...Object.values<number>(offsets))));
    expect(() => struct.read(withoutTheLast, 0, hostAbi, 1)).toThrow(RangeError);
  });
  expect(wrong).toEqual([]);
});
