import { expect } from "vitest";
import { callbackSlots } from "../../src/native/index.ts";
import { PackageHost } from "../../src/packages.ts";

/** Loads a file that the host must refuse without keeping anything of it, and returns the error. */
export function refusing(file: string, options = {}): unknown {
  const host = new PackageHost();
  try {
    host.load(file, options);
  } catch (error) {
    expect(host.packages).toEqual([]);
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
    return error;
  } finally {
    host.close();
    expect(callbackSlots()).toBe(0);
  }
  return undefined;
}

export function refusal(reason: RegExp): object {
  return expect.objectContaining({
    name: "PackageLoadError",
    code: "SSPI_PACKAGE_LOAD",
    message: expect.stringMatching(reason),
  });
}
