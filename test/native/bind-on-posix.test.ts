import { basename, dirname, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import {
  type Address,
  BindError,
  bind,
  declareCallback,
  declareFunction,
  i32,
  i64,
  layouts,
  nativeCallback,
  nothing,
  readAnsiString,
  replace,
  type Struct,
  struct,
  u32,
  u64,
} from "../../src/raw.ts";
import { DisposedError } from "../../src/values/index.ts";
import { CompiledLibraries, canCompile } from "../fixtures/compiled-library.ts";

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

interface Point {
  x: number;
  y: number;
}

const point: Struct<Point, keyof Point> = struct<Point, keyof Point>({
  name: "point",
  kind: "struct",
  header: "points.h",
  fields: () => ({ x: i32, y: i32 }),
  layouts: layouts([
    ["win32-x64", "win32-arm64", "posix-64", "win32-ia32"],
    { size: 8, align: 4, offsets: { x: 0, y: 4 } },
  ]),
  read: (view, at = 0) => ({ x: i32.get(view, at), y: i32.get(view, at + 4) }),
  write(view, value, at = 0) {
    replace(point, view, at, value, 8, (copy) => {
      if (value.x !== undefined) i32.set(copy, 0, value.x, "point.x");
      if (value.y !== undefined) i32.set(copy, 4, value.y, "point.y");
    });
  },
});

const visit = declareCallback<(index: number, name: Address) => number>({
  name: "visit",
  header: "points.h",
  convention: "cdecl",
  returns: i32,
  parameters: [
    { name: "index", type: "int", direction: "in", value: i32 },
    { name: "name", type: "const char *", direction: "in", pointsTo: () => "ansi-string" },
  ],
});

const functions = {
  sum: {
    returns: i32,
    parameters: [
      { name: "a", value: i32 },
      { name: "b", value: i32 },
    ],
  },
  twice: { returns: u64, parameters: [{ name: "value", value: u64 }] },
  lengthOf: {
    name: "length_of",
    returns: i32,
    parameters: [{ name: "text", optional: true, pointsTo: "ansi-string" }],
  },
  move_point: {
    returns: nothing,
    parameters: [
      { name: "point", direction: "inout", pointsTo: () => point },
      { name: "by", pointsTo: () => point },
    ],
  },
  measure: {
    returns: i32,
    parameters: [
      { name: "bytes", pointsTo: "void" },
      { name: "size", value: u32 },
      { name: "total", direction: "out", pointsTo: () => u32 },
    ],
  },
  make_point: { returns: i32, parameters: [{ name: "made", direction: "out", pointsTo: () => u64 }] },
  free_point: { returns: nothing, releases: true, parameters: [{ name: "point", pointsTo: () => point }] },
  points_kept: { returns: i32, parameters: [] },
  each: {
    returns: i32,
    parameters: [
      { name: "count", value: i32 },
      { name: "visit", pointsTo: "function", callback: () => visit },
    ],
  },
} as const;

describe.runIf(canCompile())("bind(): functions of a library in C", () => {
  const libraries = new CompiledLibraries();
  let library = "";
  const bound = () => bind({ library, functions });
  beforeAll(() => {
    library = libraries.compile("bound-library.c", "libbound.so", {});
  });
  afterAll(() => libraries.remove());

  it("take and return numbers, including negative and 64-bit numbers", () => {
    const { sum, twice } = bound();
    expect([sum(-5, 2), twice(2n ** 40n)]).toEqual([-3, 2n ** 41n]);
    expect(sum.name).toBe("sum");
  });

  it("take text, take NULL for an optional parameter, and may have another name than the library's export", () => {
    const { lengthOf } = bound();
    expect([lengthOf("häuser"), lengthOf(null)]).toEqual([7, -1]);
  });

  it("read and write structs and cells as the parameter's direction declares", () => {
    const { measure, move_point } = bound();
    const here = { x: 1, y: 2 };
    move_point(here, { x: 10, y: -20 });
    expect(here).toEqual({ x: 11, y: -18 });
    const total: [number?] = [];
    expect(measure(Uint8Array.of(1, 2, 3), 3, total)).toBe(0);
    expect(total).toEqual([6]);
  });

  it("release memory that the library allocated, and accept only its address", () => {
    const { free_point, make_point, points_kept } = bound();
    const made: [bigint?] = [];
    make_point(made);
    expect(points_kept()).toBe(1);
    expect(() => free_point({ x: 1, y: 2 } as never)).toThrow(
      /^free_point: point: expected the address of what is to be released/,
    );
    free_point(made[0] as bigint);
    expect(points_kept()).toBe(0);
  });

  it("call JavaScript callbacks and report their exceptions instead of throwing them through C", () => {
    const { each } = bound();
    const seen: string[] = [];
    using callback = nativeCallback(visit, (index, name) => {
      seen.push(`${index} ${readAnsiString(BigInt(name))}`);
      return index * 10;
    });
    expect(each(3, callback.address)).toBe(30);
    expect(seen).toEqual(["0 name", "1 name", "2 name"]);
    const errors: unknown[] = [];
    const failing = (): number => {
      throw new Error("no");
    };
    using broken = nativeCallback(visit, failing, { failure: -1, onError: (error) => errors.push(error) });
    expect(each(2, broken.address)).toBe(-2);
    expect(errors).toEqual([new Error("no"), new Error("no")]);
  });

  it("refuse a wrong argument by its parameter name before C is called", () => {
    const { measure, sum } = bound();
    expect(() => sum(1.5, 2)).toThrow("sum: a: expected an integer from");
    expect(() => (sum as (...args: unknown[]) => number)(1)).toThrow("sum: expected 2 arguments (a, b), got 1");
    expect(() => measure("text" as never, 1, [])).toThrow("measure: bytes: a string does not fit here");
  });

  it("have the TypeScript types of their declarations, hand-written or generated", () => {
    const declared = declareFunction<(a: number, b: number) => number>({
      name: "sum",
      header: "points.h",
      libraries: [],
      convention: "cdecl",
      returns: i32,
      parameters: [
        { name: "a", type: "int", direction: "in", value: i32 },
        { name: "b", type: "int", direction: "in", value: i32 },
      ],
    });
    const byHand = bound();
    const generated = bind({ library, functions: { declared } });
    expect(generated.declared(1, 2)).toBe(3);
    expectTypeOf(generated.declared).toEqualTypeOf<(a: number, b: number) => number>();
    expectTypeOf(byHand.twice).toEqualTypeOf<(value: number | bigint) => bigint>();
    expectTypeOf(byHand.free_point).toEqualTypeOf<(released: Address) => void>();
    expectTypeOf(byHand.measure).parameter(2).extract<unknown[]>().toEqualTypeOf<[number?]>();
    expectTypeOf(byHand.lengthOf).parameter(0).extract<null>().toEqualTypeOf<null>();
    expectTypeOf(byHand.move_point)
      .parameter(0)
      .extract<object>()
      .exclude<ArrayBufferView>()
      .toEqualTypeOf<Partial<Point>>();
  });

  it("are found by a file URL too, and loading the library again changes nothing", () => {
    const { sum } = bind({ library: pathToFileURL(library), functions });
    expect([sum(1, 2), bind({ library: pathToFileURL(library).href, functions }).sum(3, 4)]).toEqual([3, 7]);
  });

  it("are all named in a BindError at bind() when the library lacks them", () => {
    const lacking = { sum: functions.sum, gone: functions.sum, other: { ...functions.sum, name: "lost" } };
    expect(errorOf(() => bind({ library, functions: lacking }))).toMatchObject({
      name: "BindError",
      code: "SSPI_BIND",
      library,
      missing: ["gone", "lost"],
      message: `bind: ${library} does not export gone, lost`,
    });
  });

  it("throw a BindError with the loader's message when the library cannot be loaded", () => {
    const error = errorOf(() => bind({ library: `${library}.gone`, functions }));
    expect(error).toBeInstanceOf(BindError);
    expect(error).toMatchObject({ missing: [], cause: expect.any(Error) });
    expect((error as Error).message).toMatch(/^bind: .*libbound\.so\.gone cannot be loaded: \S/);
  });

  it("are refused when the path is relative, because it would depend on the working directory", () => {
    const path = `./${relative(process.cwd(), dirname(library))}/${basename(library)}`;
    expect(() => bind({ library: path, functions })).toThrow(
      "library: expected an absolute path, a file: URL or a bare file name, got a string of",
    );
  });
});

describe("bind(): by the name that the system's loader knows", () => {
  it("finds libc", () => {
    const name = process.platform === "darwin" ? "libSystem.B.dylib" : "libc.so.6";
    const { abs } = bind({
      library: name,
      functions: { abs: { returns: i32, parameters: [{ name: "j", value: i32 }] } },
    });
    expect(abs(-7)).toBe(7);
  });
});

describe("bind() without a library", () => {
  const libc = process.platform === "darwin" ? "libSystem.B.dylib" : "libc.so.6";
  beforeEach(() => {
    vi.stubEnv("SSPI_LIBRARY", libc);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  const parameters = [{ name: "j", value: i32 }];

  it("finds functions in the machine's SSPI library when they are called", () => {
    const { abs } = bind({ functions: { abs: { returns: i32, parameters: [{ name: "j", value: i32 }] } } });
    expect(abs(-3)).toBe(3);
  });

  it("uses each declaration's own types when two declarations name the same function", () => {
    const { wide } = bind({
      functions: { wide: { name: "labs", returns: i64, parameters: [{ name: "j", value: i64 }] } },
    });
    const { narrow } = bind({
      functions: { narrow: { name: "labs", returns: i32, parameters: [{ name: "j", value: i32 }] } },
    });
    expect([narrow(-5), wide(-(2n ** 40n))]).toEqual([5, 2n ** 40n]);
  });

  it("throws at the call of a function that this machine lacks, whatever its return type", () => {
    const { GetLengthSid, gone } = bind({
      functions: {
        GetLengthSid: { returns: u32, parameters, libraries: ["advapi32.dll"] },
        gone: { returns: u32, parameters },
      },
    });
    expect(() => (GetLengthSid as (j: number) => number)(1)).toThrow(
      "GetLengthSid: neither the SSPI library of this machine nor advapi32.dll has this function, which is a part of Windows",
    );
    expect(errorOf(() => (gone as (j: number) => number)(1))).toMatchObject({
      name: "FunctionNotFoundError",
      message: "gone: the SSPI library of this machine does not have this function",
    });
  });
});

describe("bind(): declarations that describe no callable native function", () => {
  const declared = (one: unknown) => bind({ library: "libc.so.6", functions: { abs: one } as never });
  const parameter = { name: "j", value: i32 };
  it.each([
    ["nothing", undefined, /^functions\.abs: expected \{ name, header, libraries, … \}, got undefined/],
    [
      "a misspelt part",
      { returns: i32, parameter: [] },
      /^functions\.abs\.parameter: there is no such option; did you mean parameters\?/,
    ],
    [
      "a result by the name of its type",
      { returns: "int", parameters: [] },
      /^functions\.abs\.returns: expected a type of sspi-ffi\/raw, such as i32/,
    ],
    ["a result of a copied type", { returns: { ...i32 }, parameters: [] }, /^functions\.abs\.returns: expected a type/],
    ["no parameters", { returns: i32 }, /^functions\.abs\.parameters: expected an array of parameters, got undefined/],
    [
      "a parameter that is neither value nor pointer",
      { returns: i32, parameters: [{ name: "j" }] },
      /^functions\.abs\.parameters\[0\]: expected either value or pointsTo/,
    ],
    [
      "a value that is written",
      { returns: i32, parameters: [{ ...parameter, direction: "out" }] },
      /^functions\.abs\.parameters\[0\]\.direction: expected one of in/,
    ],
    [
      "a pointer to what is no type",
      { returns: i32, parameters: [{ name: "j", pointsTo: () => "int" }] },
      /^functions\.abs\.parameters\[0\]\.pointsTo: expected a type, a struct/,
    ],
    [
      "a struct by value",
      { returns: i32, parameters: [{ name: "j", struct: () => point }] },
      /^functions\.abs\.parameters\[0\]\.struct: a struct by value cannot be passed/,
    ],
    [
      "a convention that does not exist",
      { returns: i32, parameters: [], convention: "fastcall" },
      /^functions\.abs\.convention: expected one of cdecl, stdcall/,
    ],
    [
      "a name that is a path",
      { name: "../abs", returns: i32, parameters: [] },
      /^functions\.abs\.name: expected the name of an exported function/,
    ],
    [
      "a DLL that is a path",
      { returns: i32, parameters: [], libraries: ["..\\evil.dll"] },
      /^functions\.abs\.libraries\[0\]: expected the file name of a library/,
    ],
    [
      "a release of two things",
      { returns: i32, parameters: [parameter, parameter], releases: true },
      /^functions\.abs\.releases: expected a function of one parameter, got 2/,
    ],
  ])("%s: refused with the path of the wrong part", (_what, one, message) => {
    expect(() => declared(one)).toThrow(message);
  });

  it("are refused, like wrong options, before any library is loaded", () => {
    expect(() => bind({ library: "/nonexistent.so", functions: [] as never })).toThrow(
      /^functions: expected declarations/,
    );
    expect(() => bind({ library: 7 as never, functions: {} })).toThrow(/^library: expected a string, got /);
    expect(() => bind({ lib: "x", functions: {} } as never)).toThrow(/^options: there is no option/);
    expect(() => bind(null as never)).toThrow(/^options: expected/);
  });
});

describe("nativeCallback()", () => {
  it("throws DisposedError when its address is read after close()", () => {
    const callback = nativeCallback(visit, () => 1);
    expect([callback.closed, typeof callback.address]).toEqual([false, "bigint"]);
    callback.close();
    callback.close();
    expect(callback.closed).toBe(true);
    expect(() => callback.address).toThrow(DisposedError);
  });

  it.each<[string, unknown[], RegExp]>([
    ["a declaration that is none", [7, () => 1], /^declaration: expected/],
    ["work that is no function", [visit, 7], /^work: expected a function/],
    ["a failure that no 32 bits hold", [visit, () => 1, { failure: 2 ** 40 }], /^failure: expected an integer/],
    ["an option that there is not", [visit, () => 1, { fail: 1 }], /^options: there is no option/],
    ["a reporter that is no function", [visit, () => 1, { onError: 1 }], /^onError: expected a function/],
  ])("refuses %s", (_what, args, message) => {
    expect(() => (nativeCallback as (...args: unknown[]) => unknown)(...args)).toThrow(message);
  });
});
