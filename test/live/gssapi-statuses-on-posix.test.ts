import { describe, expect, it } from "vitest";
import { Credential, gssapiProvider, ServerContext } from "../../src/index.ts";
import { freshTickets, Kerberos } from "./kerberos.ts";

const provider = gssapiProvider();

describe("a first token of a client's that is damaged, given to a server over GSSAPI", () => {
  freshTickets();

  it.each(["Kerberos", "Negotiate"] as const)(
    "C13 is reported as a wrong token wherever its ASN.1 is broken, and not as an error of the server (%s)",
    async (name) => {
      using kerberos = new Kerberos(provider, { package: name });
      const { token = Buffer.alloc(0) } = await kerberos.client.step();
      using inbound = await Credential.acquire({ package: name, use: "inbound", provider });
      // Kerberos' own message begins here: behind its object identifier and two bytes that mark a request.
      const request = token.lastIndexOf(Buffer.from("2a864886f7120102020100", "hex")) + 11;
      expect(token[request]).toBe(0x6e);
      const codes = new Set<string>();
      // Tags, lengths and the options of the request: some of these are ignored.
      for (let at = request; at < request + 56; at += 1) {
        const damaged = Buffer.from(token);
        damaged[at] = (damaged[at] as number) ^ 0x21;
        using server = new ServerContext(inbound);
        codes.add(
          await server.step(damaged).then(
            () => "accepted",
            (error: { code: string }) => error.code,
          ),
        );
      }
      expect(codes).toContain("SEC_E_INVALID_TOKEN");
      expect(codes).not.toContain("SEC_E_INTERNAL_ERROR");
    },
  );
});

describe("a target over GSSAPI", () => {
  freshTickets();

  it.each(["Kerberos", "Negotiate"] as const)(
    "is unknown where it names no host that would have a realm (%s)",
    async (name) => {
      using kerberos = new Kerberos(provider, { package: name, target: "service" });
      await expect(kerberos.handshake()).rejects.toMatchObject({ code: "SEC_E_TARGET_UNKNOWN" });
    },
  );
});
