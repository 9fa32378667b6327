import { beforeEach, describe, expect, it } from "vitest";
import { capabilities, live } from "../../src/index.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { noteProvider } from "../report/tested-on.ts";
import { ticketCopy } from "./kerberos.ts";
import { established } from "./ntlm.ts";
import { credentialRefusals, ntlmFacts, providers } from "./providers.ts";

describe.each(providers.map((provider) => ({ provider, label: provider.label })))(
  "capabilities on $label",
  ({ provider }) => {
    const winpr = provider.kind === "winpr";
    needsForNtlm(provider);
    ticketCopy();
    beforeEach(() => noteProvider(provider));

    it("name the provider, its version where it tells one, and its packages", () => {
      const found = capabilities(provider);
      expect(found.kind).toBe(process.platform === "win32" ? "secur32" : "winpr");
      if (found.kind === "winpr") expect(found.version).toMatch(/^[23]\.\d+/);
      expect(found.packages.map(({ name }) => name)).toEqual(expect.arrayContaining(["NTLM", "Kerberos", "Negotiate"]));
    });

    it("list the functions that are there; the others answer that they are unsupported", () => {
      const { present, absent } = capabilities(provider).functions;
      expect(present).toEqual(expect.arrayContaining(["AcceptSecurityContext", "EncryptMessage"]));
      expect([...present, ...absent].length).toBe(new Set([...present, ...absent]).size);
      for (const name of absent) expect(provider.has(name), name).toBe(false);
    });

    it("call impersonation pretended where a success would mean nothing", () => {
      expect(capabilities(provider).impersonation).toBe(winpr ? "pretended" : "offered");
    });

    it("say for which packages the current user has credentials, and with which status the others refuse", () => {
      const refusals = credentialRefusals(provider);
      const found = capabilities(provider).packages;
      expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(refusals)));
      for (const { name, outbound, inbound } of found)
        expect({ outbound, inbound }, name).toEqual(refusals[name] ?? { outbound: true, inbound: true });
    });

    it("have no effect: the second answer is the same, nothing is held, and no warning is given", async () => {
      const warnings: Error[] = [];
      const note = (warning: Error): void => void warnings.push(warning);
      process.on("warning", note);
      const before = live();
      expect(capabilities(provider)).toEqual(capabilities(provider));
      await new Promise(setImmediate);
      process.off("warning", note);
      expect([live(), warnings]).toEqual([before, []]);
    });

    it("of an NTLM context are few, and leave nothing open", () => {
      using ntlm = established(provider);
      const before = live();
      for (const context of [ntlm.client, ntlm.server]) {
        const { attributes, flags, encrypt, sign } = capabilities(context);
        const answered = Object.entries(attributes).flatMap(([name, answer]) => (answer === true ? [name] : []));
        expect([flags, encrypt, sign]).toEqual(["unknown", "unknown", "unknown"]);
        const { attributes: facts, laterAttributes } = ntlmFacts(provider);
        expect(answered.filter((name) => !laterAttributes.some((later) => later === name))).toEqual(facts);
      }
      expect(capabilities(ntlm.server)).toMatchObject({
        package: "NTLM",
        accessToken: "SEC_E_UNSUPPORTED_FUNCTION",
        impersonation: winpr ? "SEC_E_NO_IMPERSONATION" : "SEC_E_UNSUPPORTED_FUNCTION",
      });
      expect(live()).toEqual(before);
    });

    it("do not promise what a package then refuses: WinPR 2 exports MakeSignature, and its NTLM has no signatures", () => {
      expect(capabilities(provider).functions.present).toContain("MakeSignature");
      using ntlm = established(provider);
      const sign = (): Buffer => ntlm.client.sign(Buffer.from("a message"));
      if (winpr && provider.version?.startsWith("2.")) expect(sign).toThrow("SEC_E_UNSUPPORTED_FUNCTION");
      else expect(sign().length).toBe(16);
    });

    it("report the export of contexts as a function that is there, although no package here does it", () => {
      expect(capabilities(provider).functions.present).toContain("ExportSecurityContext");
      using ntlm = established(provider);
      for (const context of [ntlm.client, ntlm.server])
        expect(() => context.export()).toThrow(
          expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "ExportSecurityContext" }),
        );
      expect(ntlm.client.complete).toBe(true);
    });
  },
);
