import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { surfaceJson } from "../../codegen/emit/surface-json.ts";
import { ownMetadata, readModelOf, root } from "../../codegen/metadata-folder.ts";
import { readModel } from "../../codegen/read-model.ts";
import { abis } from "../../src/ctypes/index.ts";

const value = z.union([z.int(), z.string()]);
const extent = z.strictObject({ offset: z.int(), size: z.int() });
const layout = z.strictObject({ size: z.int(), align: z.int(), fields: z.record(z.string(), extent) });
const signature = {
  header: z.string(),
  convention: z.enum(["stdcall", "cdecl"]),
  returns: z.string(),
  params: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string(),
      direction: z.enum(["in", "out", "inout"]),
      optional: z.boolean(),
      releasedBy: z.string().optional(),
    }),
  ),
};
const shape = z.strictObject({
  structs: z.record(z.string(), z.strictObject({ header: z.string(), layout: z.record(z.enum(abis), layout) })),
  constants: z.record(z.string(), z.strictObject({ header: z.string(), value })),
  enums: z.record(z.string(), z.strictObject({ header: z.string(), members: z.record(z.string(), value) })),
  functions: z.record(z.string(), z.strictObject({ ...signature, libraries: z.array(z.string()) })),
  callbacks: z.record(z.string(), z.strictObject(signature)),
});

function surfaceOf(content?: object) {
  const read = content ? readModel(new Map([["own.json", JSON.stringify(content)]])) : readModelOf(ownMetadata);
  if ("mistakes" in read) throw new Error(read.mistakes.join("\n"));
  return surfaceJson(read.model);
}

it("the surface as JSON keeps its shape, whatever the metadata says", () => {
  expect(shape.parse(surfaceOf())).toEqual(surfaceOf());
});

it("`npm run surface` prints the whole surface, the same each time", () => {
  const command = [path.join(root, "node_modules/tsx/dist/cli.mjs"), path.join(root, "codegen/surface.ts")];
  const { stdout, status } = spawnSync(process.execPath, command, { encoding: "utf8", maxBuffer: 2 ** 28 });
  expect(status).toBe(0);
  expect(stdout).toBe(`${JSON.stringify(surfaceOf(), null, 2)}\n`);
});

it("the surface says of each kind of symbol what the headers say", () => {
  const { structs, constants, functions, callbacks } = surfaceOf();
  expect(structs["SecBuffer"]).toMatchObject({
    header: "sspi.h",
    layout: {
      "win32-x64": { size: 16, align: 8, fields: { pvBuffer: { offset: 8, size: 8 } } },
      "win32-ia32": { size: 12, align: 4, fields: { pvBuffer: { offset: 8, size: 4 } } },
    },
  });
  expect(structs["LUID"]?.header).toBe("winnt.h");
  expect(constants["ISC_REQ_MESSAGES"]).toEqual({ header: "sspi.h", value: 0x1_0000_0000 });
  expect(constants["SEC_E_LOGON_DENIED"]).toEqual({ header: "winerror.h", value: 0x8009_030c });
  expect(functions["FreeContextBuffer"]).toEqual({
    header: "sspi.h",
    convention: "stdcall",
    returns: "SECURITY_STATUS",
    params: [{ name: "pvContextBuffer", type: "PVOID", direction: "in", optional: false }],
    libraries: ["secur32.dll", "sspicli.dll"],
  });
  const { params = [] } = functions["AcceptSecurityContext"] ?? {};
  expect(params[1]).toEqual({ name: "phContext", type: "PCtxtHandle", direction: "in", optional: true });
  expect(params[5]).toMatchObject({ name: "phNewContext", releasedBy: "DeleteSecurityContext" });
  expect(callbacks["FREE_CONTEXT_BUFFER_FN"]).toEqual({ ...functions["FreeContextBuffer"], libraries: undefined });
});

it("the surface names members of nested unnamed types with the member that holds them, and writes huge numbers as text", () => {
  const inner = {
    kind: "union",
    fields: [
      { name: "Byte", type: "unsigned char" },
      { name: "Word", type: "long" },
    ],
  };
  const fields = [
    { name: "Tag", type: "short" },
    { name: "Either", ...inner },
    { fields: [{ name: "Last", type: "short" }] },
  ];
  const { structs, constants, enums } = surfaceOf({
    header: "own.h",
    constants: { NEGATIVE: "-1", HUGE: "0xffffffffffffffff" },
    enums: { KIND: { summary: "a kind.", members: { KindSome: "10" } } },
    structs: { OUTER: { summary: "Outer.", fields: [...fields, { name: "Array", count: 2, ...inner }] } },
  });
  expect(Object.keys(structs)).toEqual(["OUTER"]);
  expect(structs["OUTER"]?.layout["win32-x64"]).toEqual({
    size: 20,
    align: 4,
    fields: {
      Tag: { offset: 0, size: 2 },
      Either: { offset: 4, size: 4 },
      "Either.Byte": { offset: 4, size: 1 },
      "Either.Word": { offset: 4, size: 4 },
      Last: { offset: 8, size: 2 },
      Array: { offset: 12, size: 8 },
      "Array.Byte": { offset: 12, size: 1 },
      "Array.Word": { offset: 12, size: 4 },
    },
  });
  expect(constants).toEqual({
    HUGE: { header: "own.h", value: "18446744073709551615" },
    NEGATIVE: { header: "own.h", value: -1 },
  });
  expect(enums).toEqual({ KIND: { header: "own.h", members: { KindSome: 10 } } });
});
