import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ownMetadata, readModelOf } from "../../codegen/metadata-folder.ts";
import { parseAbsent } from "../../codegen/verify/absent.ts";
import { type Compiler, compilerNamed } from "../../codegen/verify/compiler.ts";
import { examine } from "../../codegen/verify/examine.ts";
import { appleHeaders } from "../../codegen/verify/header-set.ts";
import { subjectsOf } from "../../codegen/verify/subjects.ts";
import { appleToolchain } from "../../codegen/verify/toolchains.ts";
import { judge, type Verdict } from "../../codegen/verify/verdict.ts";

/** RFC 2744's types as Apple's header declares them: packed to two bytes on x86-64, and there only. */
function header(packed: boolean): string {
  return `#include <stddef.h>
#include <stdint.h>
${packed ? "#pragma pack(push,2)" : ""}
typedef uint32_t OM_uint32;
typedef struct gss_OID_desc_struct { OM_uint32 length; void *elements; } gss_OID_desc, *gss_OID;
typedef struct gss_OID_set_desc_struct { size_t count; gss_OID elements; } gss_OID_set_desc, *gss_OID_set;
typedef struct gss_buffer_desc_struct { size_t length; void *value; } gss_buffer_desc, *gss_buffer_t;
typedef struct gss_channel_bindings_struct {
  OM_uint32 initiator_addrtype; gss_buffer_desc initiator_address;
  OM_uint32 acceptor_addrtype; gss_buffer_desc acceptor_address;
  gss_buffer_desc application_data;
} *gss_channel_bindings_t;
${packed ? "#pragma pack(pop)" : ""}`;
}

/** The facts that a compiler for a Mac finds in such a header. */
async function verdictOf(abi: "darwin-x64" | "posix-64", text: string): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), "apple-headers-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "GSS"));
  writeFileSync(join(folder, "GSS/gssapi.h"), text);
  const read = readModelOf(ownMetadata);
  if ("mistakes" in read) throw new Error(read.mistakes.join("\n"));
  const gcc = compilerNamed("gcc") as Compiler;
  const { covers, headers } = appleToolchain({ ...gcc, abi }, appleHeaders([folder]));
  const findings = await examine(subjectsOf(read.model, abi).filter(covers), { ...gcc, abi }, headers);
  const file = join(import.meta.dirname, "../../codegen/absent/apple/gssapi.json");
  return judge([findings], new Map([["gssapi", parseAbsent(file, readFileSync(file, "utf8"))]]), false);
}

describe("headers of a Mac", () => {
  it.each([
    ["darwin-x64", true],
    ["posix-64", false],
  ] as const)(
    "confirm the layouts of %s where they pack structs as that system does, except those of names that they do not publish",
    async (abi, packed) => {
      expect(await verdictOf(abi, header(packed))).toMatchObject({ failures: [], checked: 15 });
    },
  );

  it.each([
    ["darwin-x64", false, "gss_OID_desc: the metadata says size 12, "],
    ["posix-64", true, "gss_OID_desc: the metadata says size 16, "],
  ] as const)("of one processor are distinguished from those of the other: %s", async (abi, packed, failure) => {
    const { failures } = await verdictOf(abi, header(packed));
    expect(failures).toContainEqual(expect.stringContaining(failure));
  });

  it("are not assumed where they are absent", async () => {
    const { failures } = await verdictOf("posix-64", "");
    expect(failures).toContainEqual(expect.stringMatching(/gss_OID_desc: the header does not declare it/));
  });
});
