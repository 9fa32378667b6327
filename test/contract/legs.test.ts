import { describe, expect, it } from "vitest";
import {
  ASC_REQ,
  ISC_REQ,
  SECBUFFER_EMPTY,
  SECBUFFER_TOKEN,
  SECPKG_CONTEXT_EXPORT,
  SECURITY_NATIVE_DREP,
} from "../../generated/sspi/constants.ts";
import { SEC_I_COMPLETE_NEEDED } from "../../generated/status/constants.ts";
import { ownedHandle } from "../../src/ctypes/index.ts";
import {
  Credential,
  type ImportedContext,
  importContext,
  KernelExportError,
  live,
  packages,
  RequirementError,
  ServerContext,
  SspiError,
  type StatusCode,
  statusFact,
} from "../../src/index.ts";
import { Arena } from "../../src/memory/index.ts";
import { tokenOf } from "../live/ntlm.ts";
import { type Authentication, authentications, Witnessed } from "./authentications.ts";
import type { WitnessedLeg } from "./witness.ts";

async function witnessed(authentication: Authentication): Promise<Witnessed> {
  const both = new Witnessed(authentication);
  await both.handshake();
  return both;
}

/** The legs of one side, each with the token that it received. */
function legsOf({ witness }: Witnessed, side: WitnessedLeg["side"]): readonly WitnessedLeg[] {
  return witness.legs.filter((leg) => leg.side === side);
}

const error = (code: StatusCode) => expect.objectContaining({ code });

const emptyBuffer = { type: SECBUFFER_EMPTY, size: 0, address: 0n, bytes: Buffer.alloc(0) };

function tokenThenEmpty(token: Buffer | undefined): unknown {
  return [expect.objectContaining({ type: SECBUFFER_TOKEN, size: token?.length, bytes: token }), emptyBuffer];
}

/** Exports a context of either side and imports it on the same provider. */
function describeExports(authentication: Authentication): void {
  it("EXP-01 EXP-05 a context of each side is exported and works after its import", async () => {
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

  it("EXP-02 EXP-05 RESET_NEW is a typed refusal, alone and with DELETE_OLD, and the context stays usable", async () => {
    using both = await witnessed(authentication);
    for (const options of [
      { resetNew: true, keepOld: true },
      { resetNew: true, deleteOld: true },
    ])
      expect(() => both.server.export(options)).toThrow(error("SEC_E_UNSUPPORTED_FUNCTION"));
    both.server.verify(Buffer.from("still here"), both.client.sign(Buffer.from("still here")));
  });

  it("EXP-03 DELETE_OLD deletes the native context, which is not deleted again", async () => {
    const both = await witnessed(authentication);
    const { packed } = both.server.export({ deleteOld: true });
    expect(both.server.closed).toBe(true);
    expect(() => both.server.sign(Buffer.from("gone"))).toThrow("exported with deleteOld");
    both[Symbol.dispose]();
    expect(both.witness.count("DeleteSecurityContext")).toBe(1);
    importContext({ package: both.server.package, packed, provider: both.witness.provider }).close();
    expect(both.witness.count("DeleteSecurityContext")).toBe(2);
  });

  it("EXP-04 TO_KERNEL is a typed refusal before the provider is asked, and when the provider is asked directly", async () => {
    using both = await witnessed(authentication);
    expect(() => both.server.export({ toKernel: true, deleteOld: true })).toThrow(KernelExportError);
    expect(both.witness.count("ExportSecurityContext")).toBe(0);
    const { provider } = both.witness;
    const [packed, handle] = [new Arena(16), both.server[ownedHandle].address];
    const answer = provider.ExportSecurityContext(handle, SECPKG_CONTEXT_EXPORT.toKernel, packed.base, 0);
    expect(statusFact(answer).code).toBe("SEC_E_UNSUPPORTED_FUNCTION");
    expect(both.server.complete).toBe(true);
  });

  it("EXP-06 the packed context's buffer is freed once, and no other", async () => {
    using both = await witnessed(authentication);
    const before = both.witness.count("FreeContextBuffer");
    both.server.export({ deleteOld: true }).packed.fill(0);
    expect(both.witness.count("FreeContextBuffer")).toBe(before + 1);
  });

  it("EXP-07 EXP-08 no token is opened where none is asked for, and asking for one is a typed refusal", async () => {
    using both = await witnessed(authentication);
    expect(() => both.server.export({ withToken: true, deleteOld: true })).toThrow(error("SEC_E_UNSUPPORTED_FUNCTION"));
    expect(both.server.complete).toBe(true);
    expect(both.server.export({ deleteOld: true })).not.toHaveProperty("token");
  });

  it("EXP-09 a context with legs to go is refused by the provider itself, with a typed status", async () => {
    using both = new Witnessed(authentication);
    await both.client.step();
    const { provider } = both.witness;
    const packed = new Arena(16);
    const { deleteOld } = SECPKG_CONTEXT_EXPORT;
    const answer = provider.ExportSecurityContext(both.client[ownedHandle].address, deleteOld, packed.base, 0);
    expect(statusFact(answer).code).toBe("SEC_E_INVALID_HANDLE");
    expect(() => both.client.export({ deleteOld: true })).toThrow(/legs to go/);
  });

  it("EXP-10 import refuses bytes that are cut, changed or another package's, with nothing left behind", async () => {
    using both = await witnessed(authentication);
    const { provider } = both.witness;
    const { package: name, packed } = both.server.export({ deleteOld: true });
    const before = live();
    for (const at of [0, 20, 60, packed.length - 1]) {
      const wrong = Buffer.from(packed);
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      expect(() => importContext({ package: name, packed: wrong, provider })).toThrow(error("SEC_E_INVALID_TOKEN"));
    }
    for (const cut of [packed.subarray(0, 0), packed.subarray(0, 40), packed.subarray(0, -1)])
      expect(() => importContext({ package: name, packed: cut, provider })).toThrow(error("SEC_E_INVALID_TOKEN"));
    expect(() => importContext({ package: "Negotiate", packed, provider })).toThrow(error("SEC_E_INVALID_TOKEN"));
    expect(live()).toEqual(before);
  });

  it("ASC-13 opening a client's token and impersonating the client are typed refusals: there are no access tokens", async () => {
    using both = await witnessed(authentication);
    expect(() => both.server.accessToken()).toThrow(error("SEC_E_UNSUPPORTED_FUNCTION"));
    expect(() => both.server.impersonate(() => {})).toThrow(error("SEC_E_NO_IMPERSONATION"));
  });

  it("ISC-20 a complete context that is initialised again is a typed refusal, and is deleted once", async () => {
    using both = await witnessed(authentication);
    both.client.reauthenticate();
    expect(() => both.client.stepSync()).toThrow(error("SEC_E_UNSUPPORTED_FUNCTION"));
    expect(both.witness.count("DeleteSecurityContext")).toBe(1);
  });
}

describe.each(authentications)("$label", (authentication) => {
  authentication.prepare();

  it("ISC-01 ASC-02 receives NULL for the context first, then the handle that it gave for it", async () => {
    using both = await witnessed(authentication);
    for (const side of ["client", "server"] as const) {
      const legs = legsOf(both, side);
      // Wine gives a context another handle in each call; the last one is the context's.
      expect(legs.map(({ context }) => context)).toEqual([
        undefined,
        ...legs.slice(0, -1).map(({ answer }) => answer?.handle),
      ]);
    }
    expect(both.witness.legs.length).toBeGreaterThanOrEqual(3);
  });

  it("ISC-02 receives NULL for the input of the client's first call", async () => {
    using both = await witnessed(authentication);
    expect(legsOf(both, "client")[0]?.input).toBeUndefined();
  });

  it("ISC-03 ISC-21 ASC-03 receives the peer's token byte for byte, and an empty buffer, in each later call", async () => {
    using both = await witnessed(authentication);
    const [, ...client] = legsOf(both, "client");
    expect(client.map(({ input }) => input)).toEqual(
      both.sent.filter((_, index) => index % 2 === 1).map(tokenThenEmpty),
    );
    const server = legsOf(both, "server").map(({ input }) => input);
    expect(server).toEqual(both.sent.filter((_, index) => index % 2 === 0).map(tokenThenEmpty));
  });

  it("ISC-04 receives zero for what is reserved, and native byte order", async () => {
    using both = await witnessed(authentication);
    for (const leg of both.witness.legs) {
      expect(leg.reserved.every((value) => value === 0)).toBe(true);
      expect(leg.dataRepresentation).toBe(SECURITY_NATIVE_DREP);
    }
  });

  it("ISC-05 ASC-04 receives the flags that were asked for, and no others", async () => {
    using both = new Witnessed(authentication, {
      client: { request: ["mutualAuth", "sequenceDetect", "connection"] },
      server: { request: ["replayDetect", "connection"] },
    });
    await both.handshake();
    const client = ISC_REQ.mutualAuth | ISC_REQ.sequenceDetect | ISC_REQ.connection;
    const server = ASC_REQ.replayDetect | ASC_REQ.connection;
    for (const leg of both.witness.legs) expect(leg.flags).toBe(leg.side === "client" ? client : server);
  });

  it("ISC-06 receives a buffer of the package's cbMaxToken for its token, and none of its memory is freed", async () => {
    using both = await witnessed(authentication);
    const { maxToken = 0 } = packages(both.witness.provider).find(({ name }) => name === both.client.package) ?? {};
    for (const { room } of both.witness.legs) expect(room).toMatchObject([{ type: SECBUFFER_TOKEN, size: maxToken }]);
    const lists = both.witness.count("EnumerateSecurityPackagesW");
    expect(both.witness.count("FreeContextBuffer")).toBe(lists);
  });

  it("ISC-06 has each token that it allocates freed once, and none where it allocates none", async () => {
    using both = new Witnessed(authentication, { client: { request: ["mutualAuth", "allocateMemory"] } });
    const freed = both.witness.count("FreeContextBuffer");
    await both.handshake();
    const { allocatesTokens } = both.witness.provider.traits;
    const made = legsOf(both, "client").flatMap(
      ({ answer }) => answer?.output.map(({ address }) => String(address)) ?? [],
    );
    const allocated = allocatesTokens ? made.filter((address) => address !== "0") : [];
    expect(
      both.witness.releases
        .filter(({ name }) => name === "FreeContextBuffer")
        .slice(freed)
        .map(({ what }) => what),
    ).toEqual(allocated);
  });

  if (authentication.exports) describeExports(authentication);
  else
    it("EXP-09 export() is a typed error where the provider exports no context, and the context stays usable", async () => {
      using both = await witnessed(authentication);
      for (const context of [both.client, both.server]) {
        expect(() => context.export()).toThrow(expect.objectContaining({ code: "SEC_E_UNSUPPORTED_FUNCTION" }));
        expect(context.complete).toBe(true);
      }
    });

  it("ISC-07 ISC-08 ASC-05 has every token that it makes passed on, whatever the status", async () => {
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

  it("ISC-15 ASC-09 refuses an invalid token with an error that names the function", async () => {
    using both = new Witnessed(authentication);
    const refused = both.server.step(Buffer.from("no token at all"));
    await expect(refused).rejects.toMatchObject({ name: "SspiError", operation: "AcceptSecurityContext" });
  });

  it("ISC-17 ASC-12 has its context deleted where it completes without a required flag, or does not report it", async () => {
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

  it("ISC-19 ASC-11 has its expiry read when it is complete and not before, or reports none", async () => {
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
