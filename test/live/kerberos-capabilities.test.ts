import { expect, it } from "vitest";
import { capabilities } from "../../src/index.ts";
import { freshTickets, Kerberos } from "./kerberos.ts";
import { describeKerberos } from "./kerberos-providers.ts";

describeKerberos(
  (label) => `capabilities of Kerberos' contexts on ${label}`,
  ({ provider, clientFlags }) => {
    freshTickets();

    it("say that messages are protected where that was granted, and that it is unknown where flags are", async () => {
      using kerberos = new Kerberos(provider);
      await kerberos.handshake();
      const granted = { flags: "reported", encrypt: "granted", sign: "granted" };
      const unknown = { flags: "unknown", encrypt: "unknown", sign: "unknown" };
      expect(capabilities(kerberos.server)).toMatchObject(granted);
      expect(capabilities(kerberos.client)).toMatchObject(clientFlags ? granted : unknown);
    });

    it("go by what was granted, not by what was asked for", async () => {
      using kerberos = new Kerberos(provider, { request: ["mutualAuth", "integrity"] });
      await kerberos.handshake();
      // MIT's library grants confidentiality without being asked; WinPR then leaves no room for a token.
      const encrypt = provider.kind === "winpr" ? "absent" : "granted";
      expect(capabilities(kerberos.server)).toMatchObject({ encrypt, sign: "granted" });
    });
  },
);
