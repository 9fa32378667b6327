import { describe, expect, it } from "vitest";
import { hostAbi, pointerSize } from "../../src/ctypes/index.ts";
import { PackageHost } from "../../src/packages.ts";
import { compiledPackage, hasPackages, type PackageVariant } from "../fixtures/compiled-package.ts";
import { refusal, refusing } from "./refused-modules.ts";

const pointer = pointerSize(hostAbi);

describe("PackageHost.load() refuses", () => {
  it.runIf(hasPackages).each<[string, PackageVariant, RegExp]>([
    [
      "a library without the entry point",
      "no-entry",
      /it is no security package: it does not export SpLsaModeInitialize/,
    ],
    ["an entry point that refuses", "refuse", /SpLsaModeInitialize answered STATUS_ACCESS_DENIED/],
    ["no table", "zero-tables", /SpLsaModeInitialize gave no function table/],
    ["a table that is NULL", "null-tables", /SpLsaModeInitialize gave no function table/],
    ["more tables than there can be", "many-tables", /SpLsaModeInitialize claims 65536 function tables/],
    ["a version that is none", "garbage-version", /gave a version that is none: .* got 0x7/],
    ["a table without GetInfo", "no-info", /no GetInfo, so it has no name/],
    ["an Initialize that fails", "fail-initialize", /Initialize answered STATUS_UNSUCCESSFUL/],
    ["two packages of one name", "same-name", /there is a package "Fixture" already/],
  ])("%s", (_what, variant, reason) => {
    expect(refusing(compiledPackage(variant))).toEqual(refusal(reason));
  });
});

describe("PackageHost.load() accepts a library", () => {
  it.runIf(hasPackages)("whose initialisers return positive statuses", () => {
    using host = new PackageHost();
    expect(host.load(compiledPackage("positive"))).toMatchObject([{ name: "Fixture" }]);
  });

  it.runIf(hasPackages)("that has only the LSA-mode functions", () => {
    using host = new PackageHost();
    expect(host.load(compiledPackage("lsa-only"))).toMatchObject([{ name: "Fixture" }]);
  });

  it.runIf(hasPackages)(
    "whose tables are longer or shorter than their version says, if the options give their sizes",
    () => {
      using host = new PackageHost();
      host.load(compiledPackage("two"), { tableSize: 27 * pointer, userTableSize: 14 * pointer });
      expect(host.packages.map(({ name }) => name)).toEqual(["Fixture", "Fixture2"]);
    },
  );
});
