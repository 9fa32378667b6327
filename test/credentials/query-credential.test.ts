import { describe, expect, it } from "vitest";
import {
  SecPkgCredentials_Cert,
  SecPkgCredentials_NamesW,
  SecPkgCredentials_SSIProviderW,
} from "../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { DisposedError } from "../../src/index.ts";
import { outbound, type ScriptedSspi, scripted } from "../scripted/scripted.ts";
import { writeNativeStruct } from "../scripted/scripted-heap.ts";
import type { Script } from "../scripted/scripted-script.ts";

function answering(write: (call: Parameters<NonNullable<Script["credentialAttributes"]>>[0]) => void): ScriptedSspi {
  return scripted({
    credentialAttributes: (call) => {
      write(call);
      return SEC_E_OK;
    },
  });
}

describe("query() of a credential", () => {
  it("returns names: a string, freed once", () => {
    const sspi = answering(({ attribute, address, heap }) => {
      expect(attribute).toBe(1);
      writeNativeStruct(SecPkgCredentials_NamesW, address, { sUserName: heap.wideString("EXAMPLE\\älice") });
    });
    using credential = outbound(sspi);
    const freed = sspi.count("FreeContextBuffer");
    expect(credential.query("names")).toEqual({ sUserName: "EXAMPLE\\älice" });
    expect(sspi.count("FreeContextBuffer") - freed).toBe(1);
  });

  it("returns ssiProvider: a string and bytes, each freed once", () => {
    const sspi = answering(({ attribute, address, heap }) => {
      expect(attribute).toBe(2);
      writeNativeStruct(SecPkgCredentials_SSIProviderW, address, {
        sProviderName: heap.wideString("provider"),
        ProviderInfoLength: 4,
        ProviderInfo: heap.allocate(Buffer.from("info and what follows")),
      });
    });
    using credential = outbound(sspi);
    const freed = sspi.count("FreeContextBuffer");
    expect(credential.query("ssiProvider")).toEqual({
      sProviderName: "provider",
      ProviderInfoLength: 4,
      ProviderInfo: new Uint8Array(Buffer.from("info")),
    });
    expect(sspi.count("FreeContextBuffer") - freed).toBe(2);
  });

  it("returns cert: bytes, freed once", () => {
    const sspi = answering(({ attribute, address, heap }) => {
      expect(attribute).toBe(4);
      writeNativeStruct(SecPkgCredentials_Cert, address, {
        EncodedCertSize: 3,
        EncodedCert: heap.allocate(Buffer.from("der")),
      });
    });
    using credential = outbound(sspi);
    expect(credential.query("cert")).toEqual({ EncodedCertSize: 3, EncodedCert: new Uint8Array(Buffer.from("der")) });
  });

  it("is a typed error where the package does not answer", () => {
    using credential = outbound(scripted({ credentialAttributes: () => SEC_E_UNSUPPORTED_FUNCTION }));
    expect(() => credential.query("names")).toThrow(
      expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "QueryCredentialsAttributesW" }),
    );
  });

  it("refuses an unknown name or a closed credential before the package is asked", () => {
    const sspi = answering(() => {});
    using credential = outbound(sspi);
    for (const wrong of ["Names", "sizes", "", "hasOwnProperty", 1])
      expect(() => credential.query(wrong as "names")).toThrow(
        /^attribute: (did you mean "\w+"\? )?expected one of .*\bnames, ssiProvider, cert; got /,
      );
    credential.close();
    expect(() => credential.query("names")).toThrow(DisposedError);
    expect(sspi.count("QueryCredentialsAttributesW")).toBe(0);
  });
});
