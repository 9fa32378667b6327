import { describe, expect, it } from "vitest";
import { ContextStateError } from "../../src/index.ts";
import { Ntlm } from "./ntlm.ts";
import { providers } from "./providers.ts";

const dying = providers.filter(({ traits }) => !traits.queriesKeysEarly);

describe.each(dying.map((provider) => ({ provider, label: provider.label })))(
  "query() before the context is complete, on $label",
  ({ provider }) => {
    it("A3 is a ContextStateError for every attribute", () => {
      using ntlm = new Ntlm(provider);
      ntlm.client.stepSync();
      for (const name of ["sizes", "sessionKey", "names"] as const)
        expect(() => ntlm.client.query(name), name).toThrow(ContextStateError);
      expect(() => ntlm.client.query("sizes")).toThrow(
        `query: ${provider.label} answers attributes of complete contexts only; this one has legs to go`,
      );
    });

    it("A3 is allowed once the context is complete", () => {
      using ntlm = new Ntlm(provider);
      ntlm.handshakeSync();
      expect(ntlm.client.query("sizes").cbMaxSignature).toBe(16);
    });
  },
);
