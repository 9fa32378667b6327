import { describe, expect, it } from "vitest";
import { SEC_E_INTERNAL_ERROR } from "../../generated/status/constants.ts";
import { DisposedError, packages } from "../../src/index.ts";
import { callbackSlots } from "../../src/native/index.ts";
import { definePackages, PackageHost } from "../../src/packages.ts";
import { expectUnderstanding, handshake } from "./hosted.ts";
import { testDefinition, testPackage } from "./test-package.ts";

const other = { ...testDefinition, name: "Other", comment: "the second" };
/** A package without sessions, with a member that only newer tables have. */
const mute = {
  ...testDefinition,
  name: "Mute",
  capabilities: ["connection"] as const,
  openSession: undefined as never,
  setCredentialAttribute: () => {},
};

describe("a module of several packages", () => {
  it("registers each package, and each completes its own exchanges", () => {
    using defined = definePackages([testDefinition, other]);
    using host = new PackageHost();
    expect(host.add(defined).map(({ name, module }) => [name, module])).toEqual([
      ["Test", "Test, Other"],
      ["Other", "Test, Other"],
    ]);
    expect(packages(host.provider)).toMatchObject([{ name: "Test" }, { name: "Other", comment: "the second" }]);
    using one = handshake(host.provider, "alice", "Test");
    expect(defined.packages.map(({ open }) => open.contexts)).toEqual([2, 0]);
    using two = handshake(host.provider, "bob", "Other");
    expectUnderstanding(one.client, one.server);
    expectUnderstanding(two.client, two.server);
    expect(two.server.query("names")).toEqual({ sUserName: "bob" });
    const open = { credentials: 2, contexts: 2, sessions: 2 };
    expect(defined.packages).toMatchObject([
      { name: "Test", open, faults: [] },
      { name: "Other", open, faults: [] },
    ]);
  });

  it("may contain a package without sessions, and has tables of the length that its newest member needs", () => {
    using defined = definePackages([mute, other]);
    using host = new PackageHost();
    expect(host.add(defined)).toMatchObject([{ name: "Mute" }, { name: "Other" }]);
    using pair = handshake(host.provider, "alice", "Other");
    expectUnderstanding(pair.client, pair.server);
    using silent = handshake(host.provider, "alice", "Mute");
    expect(() => silent.client.encrypt(Buffer.from("x"))).toThrow(/SEC_E_UNSUPPORTED_FUNCTION/);
  });

  it("records a fault for the package that caused it", () => {
    const broken = { ...other, initContext: () => undefined as never };
    using defined = definePackages([testDefinition, broken]);
    using host = new PackageHost();
    host.add(defined);
    expect(() => handshake(host.provider, "alice", "Other")).toThrow(/SEC_E_INTERNAL_ERROR/);
    expect(defined.packages.map(({ faults }) => faults.length)).toEqual([0, 1]);
    expect(host.provider.explain?.(SEC_E_INTERNAL_ERROR)?.message).toMatch(/^Other: /);
  });

  it("can be loaded beside other modules; the host lists the negotiable packages in order of loading", () => {
    const before = callbackSlots();
    const [module, single] = [definePackages([other, mute]), testPackage()];
    const host = new PackageHost();
    host.add(module);
    host.add(single);
    expect(host.packages.map(({ name }) => name)).toEqual(["Other", "Mute", "Test"]);
    expect(host.negotiable).toEqual(["Other", "Test"]);
    host.close();
    for (const defined of [module, single]) defined.close();
    expect(callbackSlots()).toBe(before);
  });

  it("shuts its packages down in the opposite order, also where one of them is refused", () => {
    const shut: string[] = [];
    const named = (name: string) => ({ ...testDefinition, name, shutdown: () => void shut.push(name) });
    using module = definePackages(["One", "Two", "Three"].map(named));
    const host = new PackageHost();
    host.add(module);
    host.close();
    expect(shut.splice(0)).toEqual(["Three", "Two", "One"]);
    using single = testPackage({ name: "THREE" });
    using refusing = new PackageHost();
    refusing.add(single);
    expect(() => refusing.add(module)).toThrow('there is a package "THREE" already');
    expect(shut).toEqual(["Three", "Two", "One"]);
  });

  it("is loaded with all its packages or not at all", () => {
    using single = testPackage({ name: "OTHER" });
    using module = definePackages([testDefinition, other]);
    using host = new PackageHost();
    host.add(single);
    expect(() => host.add(module)).toThrow('there is a package "OTHER" already, from OTHER');
    expect(host.packages.map(({ name }) => name)).toEqual(["OTHER"]);
    // close() succeeds because the host already called the module's Shutdown.
    module.close();
  });

  it.each<[string, unknown, RegExp]>([
    ["nothing", undefined, /definitions: expected an array of definitions of packages, got undefined/],
    ["no packages", [], /definitions: expected at least one definition/],
    ["a huge array", new Array(2 ** 32 - 1), /definitions: expected at most 65536 elements, got 4294967295/],
    ["one that is none", [testDefinition, null], /definitions\[1\]: expected { name, .*, got null/],
    [
      "a mistake in one",
      [testDefinition, { ...other, maxToken: -1 }],
      /definitions\[1\]\.maxToken: expected an integer/,
    ],
    [
      "a name twice, whatever its case",
      [testDefinition, { ...other, name: "TEST" }],
      /definitions\[1\]: there is a package "TEST" already/,
    ],
  ])("with %s is refused with an error that names it", (_what, definitions, reason) => {
    expect(() => definePackages(definitions as never)).toThrow(reason);
  });

  it("cannot be closed while its packages are loaded, and throws DisposedError after close()", () => {
    const module = definePackages([testDefinition, other]);
    const host = new PackageHost();
    host.add(module);
    expect(() => module.close()).toThrow(/Test: the package is still loaded by a host/);
    host.close();
    module.close();
    expect(() => module.SpLsaModeInitialize).toThrow(new DisposedError("The package Test, Other"));
    expect(() => module.SpUserModeInitialize).toThrow(DisposedError);
  });
});
