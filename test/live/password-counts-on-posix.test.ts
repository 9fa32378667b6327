import { describe, expect, it } from "vitest";
import { ClientContext, Credential, type SecurityProvider, ServerContext } from "../../src/index.ts";
import { freshTickets } from "./kerberos.ts";
import { providers, samFile } from "./providers.ts";
import { fateOf } from "./traits/fatal-run.ts";

const winprs = providers.filter(({ kind }) => kind === "winpr");

function on(all: readonly SecurityProvider[]) {
  return all.map((provider) => ({ provider, label: provider.label }));
}

describe.each(on(winprs.filter(({ traits }) => traits.namesTicketCache)))(
  "a wrong password beside a ticket of that user, on $label",
  ({ provider }) => {
    freshTickets("alice");
    const identity = { user: "alice", domain: "EXAMPLE.TEST", password: "wrong" };

    /** The size of the first token. */
    async function logOn(through: SecurityProvider): Promise<number | undefined> {
      using credential = await Credential.acquire({
        package: "Kerberos",
        use: "outbound",
        provider: through,
        identity,
      });
      using client = new ClientContext(credential, { target: "HTTP/localhost" });
      return (await client.step()).token?.length;
    }

    it("B4 is refused by the key distribution centre", async () => {
      await expect(logOn(provider)).rejects.toMatchObject({
        code: "SEC_E_NO_CREDENTIALS",
        operation: "AcquireCredentialsHandleW",
      });
    });

    it("B4 passes without the guard, which is still needed", async () => {
      const unguarded = { ...provider, traits: { ...provider.traits, namesTicketCache: false } };
      expect(await logOn(unguarded)).toBeGreaterThan(400);
    });
  },
);

describe.each(on(winprs.filter(({ version }) => version?.startsWith("3.10."))))(
  "an identity beside tickets in a cache that no service runs for, on $label",
  ({ provider }) => {
    freshTickets();

    it("A5 logs on, since its own tickets go elsewhere", async () => {
      process.env["KRB5CCNAME"] = "KCM:";
      const identity = { user: "alice", domain: "EXAMPLE.TEST", password: "userpw" };
      using credential = await Credential.acquire({ package: "Kerberos", use: "outbound", provider, identity });
      using client = new ClientContext(credential, { target: "HTTP/localhost" });
      expect((await client.step()).token?.length).toBeGreaterThan(400);
    });

    it("A5 ends the process of an unguarded client, so the guard is still needed", { timeout: 60_000 }, async () => {
      expect(await fateOf("namesTicketCache", provider)).toEqual({ survived: false, done: false });
    });
  },
);

describe.each(on(winprs))("a hash and 512 characters in place of a password, on $label", ({ provider }) => {
  const password = `2e24f97bff26b2458887a9b16a3c2c39${"x".repeat(512)}`;

  function logOn(through: SecurityProvider): boolean {
    const identity = { user: "alice", domain: "", password };
    using outbound = Credential.acquireSync({ package: "NTLM", use: "outbound", provider: through, identity });
    using inbound = Credential.acquireSync({ package: "NTLM", use: "inbound", provider, winpr: { samFile } });
    using client = new ClientContext(outbound);
    using server = new ServerContext(inbound);
    for (let token = client.stepSync().token; ; ) {
      const challenge = server.stepSync(token as Buffer).token;
      if (!challenge) return server.complete;
      token = client.stepSync(challenge).token;
    }
  }

  it("B8 is refused by name", () => {
    expect(() => logOn(provider)).toThrow(/^identity\.password: .* takes at most 512 characters/);
  });

  it("B8 logs alice on without the guard, which is still needed", () => {
    const unguarded = { ...provider, traits: { ...provider.traits, takesLongPasswords: true } };
    expect(logOn(unguarded)).toBe(true);
  });
});
