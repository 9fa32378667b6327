import { describe, expect, it } from "vitest";
import { type PackageCall, PackageError } from "../../src/packages.ts";
import { keepBuffers } from "../memory/kept-buffers.ts";
import { thrownBy } from "../thrown-by.ts";
import { hosted } from "./hosted.ts";
import type { PackageScript } from "./scripted/package-script.ts";
import { scriptedHost } from "./scripted/scripted-package.ts";
import { testPackage } from "./test-package.ts";

function answering(callPackage: (call: PackageCall) => unknown) {
  return hosted(testPackage({ callPackage: callPackage as never }));
}

const message = Buffer.from("message");

describe("host.callPackage", () => {
  it.each(["trusted", "untrusted", "pass-through"] as const)(
    "passes the message to the package and returns its answer: %s",
    (caller) => {
      const { host } = answering(({ message, caller: who }) => Buffer.from(`${who}: ${message}`));
      expect(host.callPackage("test", message, { caller }).toString()).toBe(`${caller}: message`);
      expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
    },
  );

  it.each<[string, PackageScript, RegExp | undefined]>([
    ["answers", {}, undefined],
    ["refuses", { answers: { CallPackage: 0xc000_0022 } }, /STATUS_ACCESS_DENIED/],
  ])("keeps no copy of a message, which may be a password, when the package %s", (_what, script, message) => {
    const { host } = scriptedHost(script);
    const kept = keepBuffers();
    const secret = Buffer.from("hunter2-geheim");
    const call = () => host.callPackage("Scripted", secret);
    if (message) expect(call).toThrow(message);
    else expect(call().toString()).toBe("mieheg-2retnuh");
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.filter((buffer) => Buffer.from(buffer).includes(secret))).toEqual([]);
  });

  it("accepts empty messages and empty answers", () => {
    const { host } = answering(({ message }) => message);
    expect(host.callPackage("Test", new Uint8Array())).toEqual(Buffer.alloc(0));
  });

  it("fails with the package's own status, and with STATUS_NO_SUCH_PACKAGE for an unknown package", () => {
    const denied = answering(() => {
      throw new PackageError("STATUS_ACCESS_DENIED");
    });
    expect(thrownBy(() => denied.host.callPackage("Test", message))).toMatchObject({
      code: "STATUS_ACCESS_DENIED",
      operation: "CallPackage",
    });
    expect(() => denied.host.callPackage("Nobody", message)).toThrow(/STATUS_NO_SUCH_PACKAGE/);
  });

  it("fails when the package has no function for this caller", () => {
    const { host } = hosted();
    expect(() => host.callPackage("Test", message, { caller: "untrusted" })).toThrow(
      /CallPackageUntrusted: STATUS_NOT_SUPPORTED/,
    );
  });

  it.each<[string, () => unknown]>([
    ["throws", () => fail()],
    ["answers nothing", () => undefined],
    ["answers a text", () => "text"],
    ["answers a Promise", async () => Buffer.alloc(1)],
  ])("throws SEC_E_INTERNAL_ERROR and records a fault when the package %s", (_what, callPackage) => {
    const { host, defined } = answering(callPackage);
    expect(() => host.callPackage("Test", message)).toThrow(/SEC_E_INTERNAL_ERROR/);
    expect(defined.faults).toMatchObject([{ name: "callPackage" }]);
    expect(host.diagnostics().held).toEqual([]);
  });

  it("refuses a wrong name, wrong bytes, a wrong caller, and any call after close()", () => {
    const { host } = hosted();
    expect(() => host.callPackage("", message)).toThrow(/name: expected a name/);
    expect(() => host.callPackage("Test", "text" as never)).toThrow(/message: expected/);
    expect(() => host.callPackage("Test", message, { caller: "god" as never })).toThrow(
      "caller: expected one of trusted, untrusted, pass-through; got a string of 3 characters",
    );
    host.close();
    expect(() => host.callPackage("Test", message)).toThrow(/has been closed/);
  });
});

function fail(): never {
  throw new Error("my own");
}
