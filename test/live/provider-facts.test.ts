import { beforeEach, describe, expect, it } from "vitest";
import { type ContextAttributes, contextAttributes } from "../../generated/sspi/attributes.ts";
import { Credential, live, packages, RequirementError, SspiError } from "../../src/index.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { noteProvider } from "../report/tested-on.ts";
import { established, Ntlm } from "./ntlm.ts";
import { alice, ntlmFacts, providers } from "./providers.ts";

const confidential = { require: ["confidentiality"] } as const;

describe.each(providers.map((provider) => ({ provider, label: provider.label })))(
  "what $label says of itself",
  ({ provider }) => {
    const { attributes, laterAttributes } = ntlmFacts(provider);
    needsForNtlm(provider);
    beforeEach(() => noteProvider(provider));

    it("its packages, NTLM among them, with the size of their tokens", () => {
      const list = packages(provider);
      const ntlm = list.find((entry) => entry.name === "NTLM");
      expect(ntlm).toMatchObject({ name: "NTLM", comment: expect.stringMatching(/NTLM/), version: 1 });
      expect(ntlm?.capabilities).toContain("connection");
      for (const entry of list) expect(entry.maxToken, entry.name).toBeGreaterThan(1_000);
    });

    it("the sizes of a context, and a typed error for what it does not answer", () => {
      using ntlm = established(provider);
      for (const context of [ntlm.client, ntlm.server]) {
        expect(context.query("sizes")).toMatchObject({ cbMaxSignature: 16, cbSecurityTrailer: 16 });
        const others = (Object.keys(contextAttributes) as (keyof ContextAttributes)[]).filter(
          (name) => ![...attributes, ...laterAttributes].includes(name),
        );
        // The name of the server's user is one of them: no provider here reports it.
        expect(others).toContain("names");
        for (const name of others)
          expect(() => context.query(name), name).toThrow(
            expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "QueryContextAttributesW" }),
          );
      }
    });

    it("a typed error for a credential's attributes", () => {
      using credential = Credential.acquireSync({ package: "NTLM", use: "outbound", identity: alice, provider });
      for (const name of ["names", "cert", "ssiProvider"] as const)
        expect(() => credential.query(name), name).toThrow(SspiError);
    });

    it("nothing of the flags: they are unknown, not assumed", () => {
      using ntlm = established(provider);
      for (const context of [ntlm.client, ntlm.server])
        expect([context.flags, context.hasFlag("confidentiality")]).toEqual(["unknown", "unknown"]);
    });

    it("ISC-17 so that a client that must have confidentiality fails, unless it accepts the unknown", () => {
      using strict = new Ntlm(provider, { client: confidential });
      expect(() => strict.handshakeSync()).toThrow(
        expect.objectContaining({ name: "RequirementError", missing: [], unknown: ["confidentiality"] }),
      );
      expect(() => strict.client.encrypt(Buffer.from("secret"))).toThrow("failed");
      expect(live().contexts).toBe(1);
      using tolerant = new Ntlm(provider, { client: { ...confidential, acceptUnknown: ["confidentiality"] } });
      expect(tolerant.handshakeSync().at(-1)?.status).toBe("complete");
    });

    it("ASC-12 so that a server that must have confidentiality rejects its client, unless it accepts the unknown", async () => {
      using strict = new Ntlm(provider, { server: confidential });
      await expect(strict.handshake()).rejects.toThrow(RequirementError);
      expect(live().contexts).toBe(1);
      using tolerant = new Ntlm(provider, { server: { ...confidential, acceptUnknown: ["confidentiality"] } });
      expect((await tolerant.handshake()).at(-1)?.status).toBe("complete");
    });

    it("ISC-06 A6 that it takes no output buffer but ours, which it gets also where allocateMemory is asked for", () => {
      using client = new Ntlm(provider, { client: { request: ["confidentiality", "allocateMemory"] } });
      expect(client.handshakeSync().at(-1)?.status).toBe("complete");
      using server = new Ntlm(provider, { server: { request: ["confidentiality", "allocateMemory"] } });
      expect(server.handshakeSync().at(-1)?.status).toBe("complete");
      expect(live().buffers).toBe(0);
    });

    it("ASC-13 that it does not impersonate, whether it says so or only pretends: the work is not done", () => {
      using ntlm = established(provider);
      let worked = false;
      const work = (): void => {
        worked = true;
      };
      const code = provider.kind === "winpr" ? "SEC_E_NO_IMPERSONATION" : "SEC_E_UNSUPPORTED_FUNCTION";
      expect(() => ntlm.server.impersonate(work)).toThrow(expect.objectContaining({ code }));
      expect(() => ntlm.server.accessToken()).toThrow(
        expect.objectContaining({ operation: "QuerySecurityContextToken" }),
      );
      expect([worked, live().tokens]).toEqual([false, 0]);
    });
  },
);
