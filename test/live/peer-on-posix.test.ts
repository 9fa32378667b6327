import { describe, expect, it } from "vitest";
import { PeerNameError } from "../../src/index.ts";
import { established } from "./ntlm.ts";
import { providers } from "./providers.ts";

const withFiles = providers.filter(({ kind }) => kind === "winpr");

describe.each(withFiles.map((provider) => ({ provider, label: provider.label })))(
  "peer() on $label",
  ({ provider }) => {
    it("names NTLM's client by its account where it has no domain", () => {
      const identity = { user: "alice", domain: "", password: "userpw" };
      using ntlm = established(provider, { identity });
      expect(ntlm.server.peer()).toEqual({ name: "alice", account: "alice", package: "NTLM" });
    });

    it("is a PeerNameError on NTLM's client, which does not know its server", () => {
      using ntlm = established(provider, { client: { target: "HTTP/localhost" } });
      expect(() => ntlm.client.peer()).toThrow(PeerNameError);
    });
  },
);
