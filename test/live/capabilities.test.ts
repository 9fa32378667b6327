import { describe, expect, it } from "vitest";
import { capabilities, live } from "../../src/index.ts";
import { established } from "./ntlm.ts";
import { providers } from "./providers.ts";

describe.each(providers.map((provider) => ({ provider, label: provider.label })))(
  "capabilities on $label",
  ({ provider }) => {
    const winpr = provider.kind === "winpr";

    it("name the provider, its version where it tells one, and its packages", () => {
      const found = capabilities(provider);
      expect(found.kind).toBe(process.platform === "win32" ? "secur32" : "winpr");
      if (found.kind === "winpr") expect(found.version).toMatch(/^[23]\.\d+/);
      expect(found.packages.map(({ name }) => name)).toEqual(expect.arrayContaining(["NTLM", "Kerberos", "Negotiate"]));
    });

    it("list the functions that are there; the others answer that they are not", () => {
      const { present, absent } = capabilities(provider).functions;
      expect(present).toEqual(expect.arrayContaining(["AcceptSecurityContext", "EncryptMessage"]));
      expect([...present, ...absent].length).toBe(new Set([...present, ...absent]).size);
      for (const name of absent) expect(provider.has(name), name).toBe(false);
    });

    it("call impersonation pretended where a success would mean nothing", () => {
      expect(capabilities(provider).impersonation).toBe(winpr ? "pretended" : "offered");
    });

    it("of an NTLM context are few, and leave nothing open", () => {
      using ntlm = established(provider);
      const before = live();
      for (const context of [ntlm.client, ntlm.server]) {
        const { attributes, flags } = capabilities(context);
        const answered = Object.entries(attributes).flatMap(([name, answer]) => (answer === true ? [name] : []));
        expect(flags).toBe("unknown");
        // Wine 10 has one more than Wine 8.
        const few = winpr ? ["sizes"] : ["sizes", "keyInfo", "negotiationInfo", "flags"];
        expect(answered.filter((name) => winpr || name !== "sessionKey")).toEqual(few);
      }
      expect(capabilities(ntlm.server)).toMatchObject({
        package: "NTLM",
        accessToken: "SEC_E_UNSUPPORTED_FUNCTION",
        impersonation: winpr ? "SEC_E_NO_IMPERSONATION" : "SEC_E_UNSUPPORTED_FUNCTION",
      });
      expect(live()).toEqual(before);
    });

    it("do not promise what a package then refuses: WinPR 2 exports MakeSignature, and its NTLM has none", () => {
      expect(capabilities(provider).functions.present).toContain("MakeSignature");
      using ntlm = established(provider);
      const sign = (): Buffer => ntlm.client.sign(Buffer.from("a message"));
      if (winpr && provider.version?.startsWith("2.")) expect(sign).toThrow("SEC_E_UNSUPPORTED_FUNCTION");
      else expect(sign().length).toBe(16);
    });
  },
);
