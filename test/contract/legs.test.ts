import { describe, expect, it } from "vitest";
import {
  ASC_REQ,
  ISC_REQ,
  SECBUFFER_EMPTY,
  SECBUFFER_TOKEN,
  SECURITY_NATIVE_DREP,
} from "../../generated/sspi/constants.ts";
import { SEC_I_COMPLETE_NEEDED } from "../../generated/status/constants.ts";
import {
  Credential,
  type ImportedContext,
  importContext,
  packages,
  RequirementError,
  ServerContext,
  SspiError,
} from "../../src/index.ts";
import { tokenOf } from "../live/ntlm.ts";
import { type Authentication, authentications, Witnessed } from "./authentications.ts";
import type { WitnessedLeg } from "./witness.ts";

async function witnessed(authentication: Authentication): Promise<Witnessed> {
  const both = new Witnessed(authentication);
  await both.handshake();
  return both;
}

/** The legs of a side, each with the token that it was fed. */
function legsOf({ witness }: Witnessed, side: WitnessedLeg["side"]): readonly WitnessedLeg[] {
  return witness.legs.filter((leg) => leg.side === side);
}

const emptyBuffer = { type: SECBUFFER_EMPTY, size: 0, address: 0n, bytes: Buffer.alloc(0) };

function tokenThenEmpty(token: Buffer | undefined): unknown {
  return [expect.objectContaining({ type: SECBUFFER_TOKEN, size: token?.length, bytes: token }), emptyBuffer];
}

describe.each(authentications)("$label", (authentication) => {
  authentication.prepare();

  it("ISC-01 ASC-02 has NULL for the context at first, then the handle that it gave for it", async () => {
    using both = await witnessed(authentication);
    for (const side of ["client", "server"] as const) {
      const legs = legsOf(both, side);
      // Wine gives a context another handle in each call; whichever came last is the context's.
      expect(legs.map(({ context }) => context)).toEqual([
        undefined,
        ...legs.slice(0, -1).map(({ answer }) => answer?.handle),
      ]);
    }
    expect(both.witness.legs.length).toBeGreaterThanOrEqual(3);
  });

  it("ISC-02 has NULL for the input of the client's first call", async () => {
    using both = await witnessed(authentication);
    expect(legsOf(both, "client")[0]?.input).toBeUndefined();
  });

  it("ISC-03 ISC-21 ASC-03 has the peer's token byte for byte, and an empty buffer, in each later call", async () => {
    using both = await witnessed(authentication);
    const [, ...client] = legsOf(both, "client");
    expect(client.map(({ input }) => input)).toEqual(
      both.sent.filter((_, index) => index % 2 === 1).map(tokenThenEmpty),
    );
    const server = legsOf(both, "server").map(({ input }) => input);
    expect(server).toEqual(both.sent.filter((_, index) => index % 2 === 0).map(tokenThenEmpty));
  });

  it("ISC-04 has zero for what is reserved, and native byte order", async () => {
    using both = await witnessed(authentication);
    for (const leg of both.witness.legs) {
      expect(leg.reserved.every((value) => value === 0)).toBe(true);
      expect(leg.dataRepresentation).toBe(SECURITY_NATIVE_DREP);
    }
  });

  it("ISC-05 ASC-04 has the flags that were asked for, and no others", async () => {
    using both = new Witnessed(authentication, {
      client: { request: ["mutualAuth", "sequenceDetect", "connection"] },
      server: { request: ["replayDetect", "connection"] },
    });
    await both.handshake();
    const client = ISC_REQ.mutualAuth | ISC_REQ.sequenceDetect | ISC_REQ.connection;
    const server = ASC_REQ.replayDetect | ASC_REQ.connection;
    for (const leg of both.witness.legs) expect(leg.flags).toBe(leg.side === "client" ? client : server);
  });

  it("ISC-06 has a buffer of the package's cbMaxToken for its token, and nothing of the package's is freed", async () => {
    using both = await witnessed(authentication);
    const { maxToken = 0 } = packages(both.witness.provider).find(({ name }) => name === both.client.package) ?? {};
    for (const { room } of both.witness.legs) expect(room).toMatchObject([{ type: SECBUFFER_TOKEN, size: maxToken }]);
    const lists = both.witness.count("EnumerateSecurityPackagesW");
    expect(both.witness.count("FreeContextBuffer")).toBe(lists);
  });

  it("ISC-06 has the tokens that it allocates freed once each, or refuses to allocate", async () => {
    using both = new Witnessed(authentication, { client: { request: ["mutualAuth", "allocateMemory"] } });
    const freed = both.witness.count("FreeContextBuffer");
    const refused = await both.handshake().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refused) expect(refused).toBeInstanceOf(SspiError);
    const made = legsOf(both, "client").flatMap(
      ({ answer }) => answer?.output.map(({ address }) => String(address)) ?? [],
    );
    const allocated = made.filter((address) => address !== "0");
    expect(
      both.witness.releases
        .filter(({ name }) => name === "FreeContextBuffer")
        .slice(freed)
        .map(({ what }) => what),
    ).toEqual(allocated);
  });

  if (authentication.exports)
    it("EXP-01 EXP-05 a context of each side is exported and goes on after its import", async () => {
      using both = await witnessed(authentication);
      const { provider } = both.witness;
      const moved = [both.client, both.server].map((context) => {
        const { packed } = context.export({ deleteOld: true });
        return importContext({ package: context.package, packed, provider });
      });
      const [client, server] = moved as [ImportedContext, ImportedContext];
      const message = Buffer.from("after the import");
      server.verify(message, client.sign(message));
      client.verify(message, server.sign(message));
      for (const context of moved) context.close();
    });
  else
    it("EXP-09 export() is a typed error where the provider exports no context, and the context goes on", async () => {
      using both = await witnessed(authentication);
      for (const context of [both.client, both.server]) {
        expect(() => context.export()).toThrow(expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION" }));
        expect(context.complete).toBe(true);
      }
    });

  it("ISC-07 ISC-08 ASC-05 hands on every token that it makes, whatever the status", async () => {
    using both = await witnessed(authentication);
    const made = both.witness.legs.flatMap(({ answer }) => answer?.output.map(({ bytes }) => bytes) ?? []);
    expect(made.filter((bytes) => bytes.length > 0)).toEqual(both.sent);
    expect([both.client.complete, both.server.complete]).toEqual([true, true]);
  });

  it("ASC-08 has CompleteAuthToken called where it asks for it, and not otherwise", async () => {
    using both = await witnessed(authentication);
    const asked = both.witness.legs.filter(({ answer }) => answer?.status === SEC_I_COMPLETE_NEEDED);
    expect(both.witness.count("CompleteAuthToken")).toBe(asked.length);
  });

  it("ISC-16 ASC-10 is not asked for its flags before it is complete", async () => {
    using both = new Witnessed(authentication);
    tokenOf(await both.client.step());
    expect(() => both.client.flags).toThrow("needs a complete context");
    expect(() => both.server.flags).toThrow("no context before the first step");
  });

  it("ISC-18 ASC-14 has each context deleted once, and each credential freed once, after it", async () => {
    const both = await witnessed(authentication);
    const contexts = (["client", "server"] as const).map((side) => legsOf(both, side).at(-1)?.answer?.handle);
    both[Symbol.dispose]();
    both[Symbol.dispose]();
    const deleted = both.witness.releases.filter(({ name }) => name === "DeleteSecurityContext");
    expect(deleted.map(({ what }) => what)).toEqual(contexts);
    const freed = both.witness.releases.filter(({ name }) => name === "FreeCredentialsHandle");
    expect(freed.map(({ what }) => what).sort()).toEqual([...both.witness.handed].sort());
    const order = both.witness.releases.map(({ name }) => name).filter((name) => name !== "FreeContextBuffer");
    expect(order.indexOf("FreeCredentialsHandle")).toBeGreaterThan(order.indexOf("DeleteSecurityContext"));
  });

  it("ISC-18 ASC-14 has a context deleted once where its token is refused, at once", async () => {
    using both = new Witnessed(authentication);
    await both.client.step();
    await expect(both.client.step(Buffer.from("no token at all"))).rejects.toThrow(SspiError);
    expect(both.witness.count("DeleteSecurityContext")).toBe(1);
    both.client.close();
    expect(both.witness.count("DeleteSecurityContext")).toBe(1);
  });

  it("ISC-15 ASC-09 refuses a token that is none with an error that names the function", async () => {
    using both = new Witnessed(authentication);
    const refused = both.server.step(Buffer.from("no token at all"));
    await expect(refused).rejects.toMatchObject({ name: "SspiError", operation: "AcceptSecurityContext" });
  });

  it("ISC-17 ASC-12 is deleted where it completes without what was required, or does not say", async () => {
    using both = new Witnessed(authentication, { client: { require: ["delegate"] } });
    const failure = await both.handshake().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(RequirementError);
    expect(both.client.complete).toBe(false);
    const last = legsOf(both, "client").at(-1)?.answer?.handle;
    expect(both.witness.releases).toContainEqual({ name: "DeleteSecurityContext", what: last });
  });

  it("ISC-19 ASC-11 tells when it ends after its end only, or does not say", async () => {
    using both = new Witnessed(authentication);
    expect([both.client.expiry, both.server.expiry]).toEqual([undefined, undefined]);
    await both.handshake();
    for (const { expiry } of [both.client, both.server])
      expect(expiry === undefined || expiry.getTime() > Date.now()).toBe(true);
  });

  it("ASC-01 is not asked to accept with credentials of a client", () => {
    const witness = authentication.witness();
    using outbound = Credential.acquireSync({ ...authentication.client, use: "outbound", provider: witness.provider });
    expect(() => new ServerContext(outbound)).toThrow('use "inbound" or "both"');
    expect(witness.count("AcceptSecurityContext")).toBe(0);
  });
});
