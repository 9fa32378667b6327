import { describe, expect, it } from "vitest";
import { LSA_UNICODE_STRING } from "../../generated/lsalookup/structs.ts";
import {
  LSA_ALLOCATE_LSA_HEAP,
  LSA_AP_INITIALIZE_PACKAGE,
  SpInitializeFn,
  SpInstanceInitFn,
  SpShutdownFn,
} from "../../generated/ntsecpkg/callbacks.ts";
import {
  SECPKG_INTERFACE_VERSION,
  SECPKG_INTERFACE_VERSION_3,
  SECPKG_INTERFACE_VERSION_4,
} from "../../generated/ntsecpkg/constants.ts";
import {
  LSA_SECPKG_FUNCTION_TABLE,
  SECPKG_FUNCTION_TABLE,
  SECPKG_PARAMETERS,
  SECPKG_USER_FUNCTION_TABLE,
} from "../../generated/ntsecpkg/structs.ts";
import { hostAbi, type Struct } from "../../src/ctypes/index.ts";
import { ForeignTable, implement } from "../../src/interface/native-table.ts";
import { tableEnd } from "../../src/interface/table-versions.ts";
import { readStruct, writeBytes, writePointer, writeStruct } from "../../src/native/index.ts";
import { HostedPackage } from "../../src/packages/host/hosted-package.ts";
import { readModule } from "../../src/packages/host/package-module.ts";
import type { ModuleOptions } from "../../src/packages.ts";
import { type Entry, getInfo, hostOf, nativeModule, refusalOf } from "./native-package.ts";

const named = (name: string) => ({ GetInfo: getInfo(name) });
const refusal = (text: string) =>
  expect.objectContaining({ code: "SSPI_PACKAGE_LOAD", module: "Module", message: `Module: ${text}` });

describe("a module is refused", () => {
  it.each<[string, Partial<Entry>, string]>([
    ["whose entry point fails", { answer: 0xc000_0022 }, "answered STATUS_ACCESS_DENIED: "],
    ["without a table", { count: 0 }, "gave no function table"],
    ["whose table is NULL", { tables: 0n }, "gave no function table"],
    ["with more tables than a module has", { count: 257 }, "claims 257 function tables"],
    ["of a version that is none", { version: 7 }, "gave a version that is none: "],
  ])("%s, in LSA mode and in user mode", (_what, entry, text) => {
    const whole = { members: [named("One")] };
    expect(refusalOf(nativeModule({ ...whole, ...entry }))).toMatchObject({
      message: expect.stringContaining(`Module: SpLsaModeInitialize ${text}`),
    });
    const user = nativeModule(whole, { members: [{}], ...entry });
    expect(refusalOf(user)).toMatchObject({
      message: expect.stringContaining(`Module: SpUserModeInitialize ${text}`),
    });
  });

  it("whose package has no GetInfo, or tells no name", () => {
    expect(refusalOf(nativeModule({ members: [{}] }))).toEqual(
      refusal("its function table has no GetInfo, so it has no name"),
    );
    expect(refusalOf(nativeModule({ members: [named("")] }))).toEqual(refusal("its GetInfo tells no name"));
  });

  it("with a second package of the same name, after the first one is shut down", () => {
    const calls: string[] = [];
    const Shutdown = implement(SpShutdownFn, () => {
      calls.push("Shutdown");
      return 0;
    });
    const module = nativeModule({
      members: [
        { ...named("One"), Shutdown },
        { ...named("ONE"), Shutdown },
      ],
    });
    expect(refusalOf(module)).toEqual(refusal('there is a package "One" already, from Module'));
    expect(calls).toEqual(["Shutdown", "Shutdown"]);
  });

  it("of several tables of a version that the headers do not know, unless their size is given", () => {
    const version = 0x4000_0000;
    const module = () => nativeModule({ members: [named("One"), named("Two")], version });
    expect(refusalOf(module())).toMatchObject({
      message: expect.stringContaining("gave 2 tables of version 0x40000000: say with tableSize or userTableSize"),
    });
    const tableSize = tableEnd(SECPKG_FUNCTION_TABLE as Struct, version);
    expect(hostOf(module(), { tableSize }).packages.map(({ name }) => name)).toEqual(["One", "Two"]);
    const single = nativeModule({ members: [named("One")], version });
    expect(hostOf(single).packages).toMatchObject([
      { name: "One", comment: "made of tables", maxToken: 64, module: "Module" },
    ]);
  });
});

describe("the tables of a module", () => {
  it("are as many as it says, each with the user table of the same position", () => {
    const module = nativeModule({ members: [named("One"), named("Two")] }, { members: [{}] });
    const tables = readModule(module, {});
    expect(tables.map(({ version, user }) => [version, user !== undefined])).toEqual([
      [SECPKG_INTERFACE_VERSION, true],
      [SECPKG_INTERFACE_VERSION, false],
    ]);
    expect(tables.map(({ lsa }) => lsa.has("GetInfo"))).toEqual([true, true]);
    const most = nativeModule({ members: Array.from({ length: 256 }, () => ({})) });
    expect(readModule(most, {})).toHaveLength(256);
  });

  it("end where their version or the options say: nothing behind that is read", () => {
    const instanceInit = { InstanceInit: implement(SpInstanceInitFn, () => 0) };
    const module = nativeModule(
      { members: [{ ...named("One"), Shutdown: implement(SpShutdownFn, () => 0) }] },
      { members: [instanceInit] },
    );
    const { offsets } = SECPKG_FUNCTION_TABLE.layouts[hostAbi];
    const [short] = readModule(module, { tableSize: offsets.GetInfo });
    expect([short?.lsa.has("Shutdown"), short?.lsa.has("GetInfo")]).toEqual([true, false]);
    expect(short?.user?.has("InstanceInit")).toBe(true);
    const more = SECPKG_USER_FUNCTION_TABLE.layouts[hostAbi].size * 2;
    const [one] = readModule(module, { userTableSize: more });
    expect([one?.lsa.has("GetInfo"), one?.user?.has("InstanceInit")]).toEqual([true, true]);
  });

  it("tell with their version whether a package has memory for the grown structs, unless the options do", () => {
    const [tables] = readModule(nativeModule({ members: [{}] }), {});
    const grown = (version: number, options: ModuleOptions = {}) =>
      new HostedPackage({ name: "x", SpLsaModeInitialize: 1n }, 1, { ...tables, version } as never, options)
        .grownStructs;
    expect(
      [SECPKG_INTERFACE_VERSION_3, SECPKG_INTERFACE_VERSION_4, SECPKG_INTERFACE_VERSION_4 * 2].map((version) =>
        grown(version),
      ),
    ).toEqual([false, true, true]);
    expect([grown(SECPKG_INTERFACE_VERSION_4, { grownStructs: false }), grown(1, { grownStructs: true })]).toEqual([
      false,
      true,
    ]);
  });
});

describe("a package that is loaded", () => {
  /** Its calls in order, each with what it got. */
  function started(
    options: ModuleOptions = {},
    answers: Partial<Record<"InitializePackage" | "Initialize" | "InstanceInit", number>> = {},
  ) {
    const calls: unknown[] = [];
    const lsa = {
      ...named("One"),
      InitializePackage: implement(LSA_AP_INITIALIZE_PACKAGE, (id, table, _database, _confidentiality, place) => {
        calls.push(["InitializePackage", id]);
        const { size } = (LSA_SECPKG_FUNCTION_TABLE as Struct).layouts[hostAbi];
        const functions = new ForeignTable(LSA_SECPKG_FUNCTION_TABLE as Struct, BigInt(table), size);
        const allocate = functions.find("AllocateLsaHeap", LSA_ALLOCATE_LSA_HEAP);
        if (answers.InitializePackage === undefined && allocate) {
          const text = allocate(8);
          writeBytes(text, Buffer.from("One\0", "utf16le"));
          const name = allocate(LSA_UNICODE_STRING.layouts[hostAbi].size);
          writeStruct(LSA_UNICODE_STRING, name, { Length: 6, MaximumLength: 8, Buffer: BigInt(text) });
          writePointer(place, name);
        }
        return answers.InitializePackage ?? 0;
      }),
      Initialize: implement(SpInitializeFn, (id, parameters) => {
        const { Version, DomainName } = readStruct(SECPKG_PARAMETERS, parameters);
        calls.push(["Initialize", Number(id), Version, DomainName.Length]);
        return answers.Initialize ?? 0;
      }),
      Shutdown: implement(SpShutdownFn, () => {
        calls.push(["Shutdown"]);
        return 0;
      }),
    };
    const user = {
      InstanceInit: implement(SpInstanceInitFn, (version) => {
        calls.push(["InstanceInit", version]);
        return answers.InstanceInit ?? 0;
      }),
    };
    return { calls, options, module: nativeModule({ members: [lsa] }, { members: [user] }) };
  }

  const initialize = ["Initialize", 1, 1, "WORKGROUP".length * 2];

  it("gets LSA's calls in order, and the name that InitializePackage allocates is released", () => {
    const { calls, module } = started();
    const host = hostOf(module);
    expect(calls).toEqual([["InitializePackage", 1], initialize, ["InstanceInit", SECPKG_INTERFACE_VERSION]]);
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [], allocations: 2 });
    host.close();
    expect(calls.at(-1)).toEqual(["Shutdown"]);
    expect(calls).toHaveLength(4);
  });

  it("is not asked for its name with InitializePackage if the options say so, or if it has none to give", () => {
    const { calls, module, options } = started({ initializePackage: false });
    hostOf(module, options);
    expect(calls[0]).toEqual(initialize);
    const none = started({}, { InitializePackage: 0 });
    expect(hostOf(none.module).diagnostics()).toMatchObject({ allocations: 0, misdeeds: [] });
  });

  it.each([
    ["InitializePackage", false],
    ["Initialize", false],
    ["InstanceInit", true],
  ] as const)("is refused when %s fails, and shut down only after its Initialize: %s", (name, shutDown) => {
    const { calls, module } = started({}, { [name]: 0xc000_0001 });
    expect(refusalOf(module)).toMatchObject({
      message: expect.stringMatching(`^Module: ${name} answered STATUS_UNSUCCESSFUL: `),
    });
    expect(calls.some((call) => (call as unknown[])[0] === "Shutdown")).toBe(shutDown);
  });

  it("has no information before it is started, and is called by its module's name", () => {
    const [tables] = readModule(nativeModule({ members: [{}] }), {});
    const hosted = new HostedPackage({ name: "Module", SpLsaModeInitialize: 1n }, 1, tables as never, {});
    expect(() => hosted.info).toThrow("Module: a package that has not been initialised");
    expect([hosted.name, hosted.explain(5), hosted.stop()]).toEqual(["Module", undefined, 0]);
  });
});
