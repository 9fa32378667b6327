import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { verify } from "../../codegen/verify-headers.ts";

const compilers = ["x86_64-w64-mingw32-gcc", "i686-w64-mingw32-gcc"];
const installed = compilers.every((name) => spawnSync(name, ["--version"]).status === 0);
const metadata = path.join(import.meta.dirname, "../../metadata");
const absent = path.join(import.meta.dirname, "../../codegen/absent");

function temporary(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "verify-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of a folder in which files are changed. */
function copyOf(folder: string, changes: Readonly<Record<string, readonly (readonly [RegExp, string])[]>>): string {
  const copy = temporary();
  fs.cpSync(folder, copy, { recursive: true });
  for (const [name, replacements] of Object.entries(changes)) {
    const file = path.join(copy, name);
    const after = replacements.reduce(
      (text, [found, instead]) => {
        if (!found.test(text)) throw new Error(`${name} has nothing like ${found}`);
        return text.replace(found, instead);
      },
      fs.readFileSync(file, "utf8"),
    );
    fs.writeFileSync(file, after);
  }
  return copy;
}

/** A metadata folder with one file, which lists nothing as absent unless `lacks` does. */
function folderWith(content: object, lacks?: object): string[] {
  const folder = temporary();
  for (const name of ["metadata", "absent/mingw"]) fs.mkdirSync(path.join(folder, name), { recursive: true });
  fs.writeFileSync(path.join(folder, "metadata/own.json"), JSON.stringify(content));
  if (lacks) fs.writeFileSync(path.join(folder, "absent/mingw/own.json"), JSON.stringify({ why: "Old.", ...lacks }));
  return ["--metadata", path.join(folder, "metadata"), "--absent", path.join(folder, "absent")];
}

async function verified(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  return { code: await verify(args, (line) => lines.push(line)), lines };
}

const both = "(win32-x64, win32-ia32)";
const handle = {
  summary: "A handle.",
  fields: [
    { name: "dwLower", type: "ULONG_PTR" },
    { name: "dwUpper", type: "ULONG_PTR" },
  ],
};
const own = { header: "sspi.h", typedefs: { ULONG_PTR: { scalar: "usize" } }, structs: { SecHandle: handle } };

describe.runIf(installed)("the comparison of the metadata with the compilers' headers", { timeout: 120_000 }, () => {
  it("finds no difference", async () => {
    const { code, lines } = await verified();
    expect(lines.filter((line) => !line.startsWith("WinPR: "))).toEqual([
      expect.stringMatching(/^headers: \d{3,} checked, \d+ absent, 0 failed$/),
    ]);
    expect(code).toBe(0);
  });

  it("names a wrong constant, parameter and callback of OpenSSL", async () => {
    const wrong = copyOf(metadata, {
      "openssl.json": [
        [/"SSL_OP_NO_RENEGOTIATION": "0x40000000"/, '"SSL_OP_NO_RENEGOTIATION": "0x80000000"'],
        [/("name": "larg",\s+"type": )"long"/, '$1"int"'],
        [/("name": "write_p",\s+"type": )"int"/, '$1"long"'],
      ],
    });
    const { code, lines } = await verified("--metadata", wrong);
    expect(code).toBe(1);
    const openssl = lines.filter((line) => line.startsWith("openssl/"));
    expect(openssl.length).toBe(3);
    for (const name of ["SSL_OP_NO_RENEGOTIATION", "SSL_CTX_ctrl", "tls_message_callback"])
      expect(openssl.filter((line) => line.startsWith(`openssl/ssl.h: ${name}: the metadata says`))).toHaveLength(1);
  });

  it("names a wrong field, constant, parameter and calling convention", async () => {
    const wrong = copyOf(metadata, {
      "sspi.json": [
        [/("name": "cbBuffer",\s+"type": )"unsigned long"/, '$1"unsigned short"'],
        [/"SECPKG_ATTR_SIZES": "0"/, '"SECPKG_ATTR_SIZES": "3"'],
        [/("name": "MessageSeqNo",\s+"type": )"unsigned long"/, '$1"unsigned short"'],
        [/"ISC_REQ_MESSAGES": "0x0000000100000000"/, '"ISC_REQ_MESSAGES": "0x0000000200000000"'],
      ],
      "base.json": [[/("CloseHandle": \{[^{]*"convention": )"stdcall"/, '$1"cdecl"']],
      "status.json": [[/"value": "0x00090312"/, '"value": "0x00090399"']],
    });
    const { code, lines } = await verified("--metadata", wrong);
    expect(code).toBe(1);
    expect(lines).toEqual(
      expect.arrayContaining([
        `sspi.h: SecBuffer.cbBuffer: the metadata says size 2, the header says otherwise ${both}`,
        `sspi.h: SECPKG_ATTR_SIZES: the metadata says value 0x3, the header says otherwise ${both}`,
        `sspi.h: ISC_REQ_MESSAGES: the metadata says value 0x200000000, the header says otherwise ${both}`,
        `winerror.h: SEC_I_CONTINUE_NEEDED: the metadata says value 0x00090399, the header says otherwise ${both}`,
        expect.stringMatching(/^sspi\.h: MakeSignature: the metadata says `.*unsigned short\)`, .*\(win32-x64\)$/),
        expect.stringMatching(/^handleapi\.h: CloseHandle: the metadata says .*__cdecl.*\(win32-ia32\)$/),
      ]),
    );
    expect(lines.at(-1)).toMatch(/^headers: \d+ checked, \d+ absent, (?!0 )\d+ failed$/);
  });

  it("fails for a name that is listed as absent but exists, and for one that is absent but not listed", async () => {
    const list = copyOf(absent, { "mingw/sspi.json": [[/"SECBUFFER_SESSION_TICKET"/, '"SECBUFFER_TOKEN"']] });
    const { code, lines } = await verified("--exact", "--absent", list);
    expect(code).toBe(1);
    expect(lines.filter((line) => /SECBUFFER_(SESSION_TICKET|TOKEN):/.test(line))).toEqual([
      `sspi.h: SECBUFFER_SESSION_TICKET: the header does not declare it, and no list says so ${both}`,
      `sspi.h: SECBUFFER_TOKEN: is listed as absent, but the header declares it ${both}`,
    ]);
  });

  it("fails for a listed name that the metadata does not have", async () => {
    const { lines } = await verified(...folderWith(own, { fields: ["SecHandle.dwMiddle"] }));
    expect(lines).toEqual([
      "own.json: SecHandle.dwMiddle: is listed as absent among fields, but the metadata has no such name",
      "headers: 3 checked, 0 absent, 1 failed",
    ]);
  });

  it("takes the new fields of a struct that grew from the list, and does not compare the struct's size", async () => {
    const grown = { ...handle, fields: [...handle.fields, { name: "dwThird", type: "ULONG_PTR" }] };
    const content = { ...own, structs: { SecHandle: grown } };
    const { code, lines } = await verified(...folderWith(content, { fields: ["SecHandle.dwThird"] }));
    expect(lines).toEqual(["headers: 3 checked, 1 absent, 0 failed"]);
    expect(code).toBe(0);
  });

  it("excuses the difference that a list gives a reason for, and no other", async () => {
    const content = { header: "sspi.h", constants: { SECBUFFER_DATA: "2", SECBUFFER_TOKEN: "3" } };
    const differs = [
      { name: "SECBUFFER_DATA", says: "value 0x2", why: "An old header." },
      { name: "SECBUFFER_TOKEN", says: "value 0x4", why: "Not what the metadata says." },
    ];
    const { lines } = await verified("--exact", ...folderWith(content, { differs }));
    expect(lines).toEqual([
      `sspi.h: SECBUFFER_TOKEN: the metadata says value 0x3, the header says otherwise ${both}`,
      "own.json: SECBUFFER_TOKEN: is listed as different from value 0x4, but nothing is",
      "headers: 2 checked, 0 absent, 2 failed",
    ]);
  });

  it("accepts other headers, which may have names that the list says are absent", async () => {
    const include = temporary();
    fs.writeFileSync(
      path.join(include, "own.h"),
      `#define NAME L"a name\\0"
       #define FAR_FLAG 0x100000000
       DEFINE_GUID(KIND, 0x0cce9210, 0x69ae, 0x11d9, 0xbe, 0xd3, 0x50, 0x50, 0x54, 0x50, 0x30, 0x30);
       typedef struct { ULONG Low : 3; ULONG High : 5; struct { SHORT A; LONG B; } In[2]; UCHAR Tail[1]; } BITS;`,
    );
    const bits = [
      { name: "Low", type: "unsigned long", bits: 3 },
      { name: "High", type: "unsigned long", bits: 5 },
      {
        name: "In",
        count: 2,
        fields: [
          { name: "A", type: "short" },
          { name: "B", type: "long" },
        ],
      },
      { name: "Tail", type: "unsigned char", trailing: true, sizedBy: "Low" },
    ];
    const guid = "0cce9210-69ae-11d9-bed3-505054503030";
    const constants = { NAME: { string: "a name" }, FAR_FLAG: "0x100000000", KIND: { guid } };
    const right = { header: "own.h", constants, structs: { BITS: { summary: "Bits.", fields: bits } } };
    const list = { constants: ["NAME"] };
    const { lines } = await verified("--include", include, ...folderWith(right, list));
    expect(lines).toEqual(["headers: 10 checked, 0 absent, 0 failed"]);
    const wrong = JSON.parse(
      JSON.stringify(right).replace("a name", "no name").replace('"bits":3', '"bits":4'),
    ) as object;
    expect((await verified("--include", include, ...folderWith(wrong, list))).lines).toEqual([
      `own.h: BITS.Low: the metadata says bits 0 to 3 at offset 0, the header says otherwise ${both}`,
      `own.h: BITS.High: the metadata says bits 4 to 8 at offset 0, the header says otherwise ${both}`,
      `own.h: NAME: the metadata says value "no name", the header says otherwise ${both}`,
      "headers: 10 checked, 0 absent, 3 failed",
    ]);
  });

  it("says so when the headers themselves do not compile", async () => {
    const include = temporary();
    fs.writeFileSync(path.join(include, "sspi.h"), "typedef NOPE SecHandle;\n");
    const { code, lines } = await verified("--include", include, ...folderWith(own));
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^a header does not compile: .*sspi\.h:1:9: error: unknown type name 'NOPE' \(/);
  });
});

describe("the comparison with headers, without compilers", () => {
  it.skipIf(process.platform === "win32")("says what to install", async () => {
    const { PATH } = process.env;
    process.env["PATH"] = "/nowhere";
    onTestFinished(() => {
      process.env["PATH"] = PATH;
    });
    const { code, lines } = await verified();
    expect(lines).toEqual([expect.stringMatching(/apt-get install gcc-mingw-w64-x86-64 gcc-mingw-w64-i686$/)]);
    expect(code).toBe(1);
  });
});
