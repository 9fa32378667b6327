import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KDC_PROXY_SETTINGS_FLAGS } from "../../generated/sspi/constants.ts";
import { SecPkgCredentials_KdcProxySettingsW } from "../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { DisposedError } from "../../src/index.ts";
import { copyOut } from "../../src/native/index.ts";
import { keepArenas } from "../memory/kept-arenas.ts";
import { timesZeroed, watchZeroing } from "../memory/zeroed-bytes.ts";
import { outbound, type ScriptedSspi, scripted } from "../scripted/scripted.ts";

interface Setting {
  readonly attribute: number;
  readonly bytes: Buffer;
  readonly address: bigint;
}

function taking(): { readonly sspi: ScriptedSspi; readonly seen: Setting[] } {
  const seen: Setting[] = [];
  const sspi = scripted({
    setCredentialAttribute: ({ attribute, address, size }) => {
      seen.push({ attribute, address, bytes: Buffer.from(copyOut(address, size)) });
      return SEC_E_OK;
    },
  });
  return { sspi, seen };
}

describe("an attribute of a credential that is set", () => {
  it("can be the proxy to key distribution centres, as its struct with its data behind it, zeroed after the call", () => {
    keepArenas();
    const server = fc.string({ unit: "grapheme", minLength: 1 }).filter((value) => !value.includes("\0"));
    const secret = fc.option(fc.uint8Array({ minLength: 1, maxLength: 100 }), { nil: undefined });
    fc.assert(
      fc.property(server, fc.boolean(), secret, (proxyServer, force, clientTlsCredential) => {
        const { sspi, seen } = taking();
        using credential = outbound(sspi);
        credential.set("kdcProxySettings", {
          proxyServer,
          force,
          ...(clientTlsCredential && { clientTlsCredential }),
        });
        const [{ attribute, bytes, address }] = seen as [Setting];
        const found = SecPkgCredentials_KdcProxySettingsW.read(new DataView(Uint8Array.from(bytes).buffer));
        const piece = (at: number, size: number) => bytes.subarray(at, at + size);
        expect([attribute, found.Version, found.Flags]).toEqual([
          3,
          1,
          force ? KDC_PROXY_SETTINGS_FLAGS.forceproxy : 0,
        ]);
        expect(piece(found.ProxyServerOffset, found.ProxyServerLength).toString("utf16le")).toBe(proxyServer);
        expect(found.ClientTlsCredOffset === 0).toBe(clientTlsCredential === undefined);
        expect(piece(found.ClientTlsCredOffset, found.ClientTlsCredLength)).toEqual(
          Buffer.from(clientTlsCredential ?? []),
        );
        expect(copyOut(address, bytes.length)).toEqual(new Uint8Array(bytes.length));
      }),
      { numRuns: 50 },
    );
  });

  it.each([SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION])(
    "leaves no copy of the proxy's client certificate behind, where the package answers %i",
    (status) => {
      const written: Buffer[] = [];
      const sspi = scripted({
        setCredentialAttribute: ({ address, size }) => {
          written.push(Buffer.from(copyOut(address, size)));
          return status;
        },
      });
      using credential = outbound(sspi);
      const zeroed = watchZeroing();
      const settings = { proxyServer: "proxy", clientTlsCredential: Buffer.from("a certificate and its key") };
      const set = (): void => credential.set("kdcProxySettings", settings);
      if (status === SEC_E_OK) set();
      else expect(set).toThrow("SEC_E_UNSUPPORTED_FUNCTION");
      expect(timesZeroed(zeroed, written[0] as Buffer)).toBe(1);
      expect(settings.clientTlsCredential.toString()).toBe("a certificate and its key");
    },
  );

  it("can be any other by its number, with the bytes of its struct", () => {
    const { sspi, seen } = taking();
    using credential = outbound(sspi);
    const value = Buffer.from([1, 2, 3, 4]);
    credential.set(5, value);
    expect(seen).toMatchObject([{ attribute: 5, bytes: value }]);
    expect([...value]).toEqual([1, 2, 3, 4]);
  });

  it("is a typed error where the package refuses it", () => {
    using credential = outbound(scripted({ setCredentialAttribute: () => SEC_E_UNSUPPORTED_FUNCTION }));
    expect(() => credential.set("kdcProxySettings", { proxyServer: "proxy" })).toThrow(
      expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "SetCredentialsAttributesW" }),
    );
  });

  it.each([
    ["kdcProxy", {}, /^attribute: expected kdcProxySettings, or a number with bytes; got a string of 8 characters/],
    [null, {}, /^attribute: expected kdcProxySettings/],
    [-1, Buffer.alloc(1), /^attribute: expected an integer/],
    [5, "geheim", /^value: expected a Uint8Array or Buffer, got a string of 6 characters$/],
    ["kdcProxySettings", null, /^value: expected \{ proxyServer, force, clientTlsCredential \}/],
    ["kdcProxySettings", {}, /^value.proxyServer: expected a string, got undefined/],
    ["kdcProxySettings", { proxyServer: "" }, /^value.proxyServer: expected a name/],
    ["kdcProxySettings", { proxyServer: "p", force: 1 }, /^value.force: expected a boolean, got number/],
    [
      "kdcProxySettings",
      { proxyServer: "p", clientTlsCredential: "geheim" },
      /^value.client.*got a string of 6 characters$/,
    ],
    ["kdcProxySettings", { proxyServer: "p".repeat(40_000) }, /^value: expected at most 65535 bytes once packed/],
  ])("is refused as %j with %j", (attribute, value, message) => {
    const { sspi, seen } = taking();
    using credential = outbound(sspi);
    expect(() => credential.set(attribute as never, value as never)).toThrow(message);
    expect(seen).toEqual([]);
  });

  it("may have 65535 bytes once packed, and is not forced unless the caller says so", () => {
    const [head, most] = [SecPkgCredentials_KdcProxySettingsW.layouts[hostAbi].size, 0xffff];
    const server = "p";
    const secretOf = (size: number) => Buffer.alloc(size - head - server.length * 2, 1);
    const { sspi, seen } = taking();
    using credential = outbound(sspi);
    credential.set("kdcProxySettings", { proxyServer: server, clientTlsCredential: secretOf(most) });
    expect(seen[0]?.bytes.length).toBe(most);
    expect(
      SecPkgCredentials_KdcProxySettingsW.read(new DataView(Uint8Array.from(seen[0]?.bytes ?? []).buffer)),
    ).toMatchObject({
      Flags: 0,
      ProxyServerLength: 2,
      ClientTlsCredLength: most - head - 2,
    });
    const longer = { proxyServer: server, clientTlsCredential: secretOf(most + 1) };
    expect(() => credential.set("kdcProxySettings", longer)).toThrow(
      /^value: expected at most 65535 bytes once packed, got 65536$/,
    );
  });

  it("is refused once the credential is closed", () => {
    const { sspi, seen } = taking();
    const credential = outbound(sspi);
    credential.close();
    expect(() => credential.set("kdcProxySettings", { proxyServer: "proxy" })).toThrow(DisposedError);
    expect(seen).toEqual([]);
  });
});
