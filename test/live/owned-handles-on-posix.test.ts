import { describe, expect, it } from "vitest";
import { systemProvider } from "../../src/index.ts";
import { QueryContextAttributesW, SECPKG_ATTR_SIZES, SecPkgContext_Sizes } from "../../src/raw.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { established } from "./ntlm.ts";
import { providers } from "./providers.ts";

describe("a context of the system's library", () => {
  const provider = systemProvider();

  it("can be given to a function of the raw door in place of its handle, and stays the owner of it", () => {
    expect(providers).toContain(provider);
    needsForNtlm(provider);
    using ntlm = established(provider);
    const buffer = new Uint8Array(SecPkgContext_Sizes.layouts["win32-x64"].size);
    expect(QueryContextAttributesW(ntlm.client, SECPKG_ATTR_SIZES, buffer)).toBe(0);
    expect(SecPkgContext_Sizes.read(new DataView(buffer.buffer))).toEqual(ntlm.client.query("sizes"));
  });
});
