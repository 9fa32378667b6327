import { describe, expect, it } from "vitest";
import { SECBUFFER_EMPTY, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SEC_E_INCOMPLETE_MESSAGE, SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { live } from "../../src/index.ts";
import { dateOfTicks } from "../../src/values/index.ts";
import type { PackageEvent, ScriptedPackageLeg } from "./scripted/package-script.ts";
import { handshakeLegs, type ScriptedHost, scriptedHost } from "./scripted/scripted-package.ts";
import { World } from "./steps.ts";

function world({ host }: ScriptedHost): World {
  return new World({ host, name: "Scripted" });
}

/** The calls of the package's functions, without the package's allocations and releases. */
function entries({ scripted }: ScriptedHost): readonly PackageEvent[] {
  return scripted.events.filter(({ call }) => !/^(Allocate|Free[A-Z]\w*Heap)/.test(call));
}

function server(...legs: ScriptedPackageLeg[]) {
  const stage = scriptedHost({ legs });
  const made = world(stage);
  return { ...stage, made, context: made.server(), seen: () => entries(stage) };
}

describe("the calls of an exchange that reach the package", () => {
  it("ISC-01, ISC-02, ISC-03, ASC-02, ASC-03, ISC-18: use separate handles, and release each handle once, in order", () => {
    const stage = scriptedHost();
    const made = world(stage);
    made.pair();
    made.close();
    const names = entries(stage).map(({ call }) => call);
    expect(names).toEqual([
      ...["Initialize", "GetInfo", "InstanceInit", "AcquireCredentialsHandle", "AcquireCredentialsHandle"],
      ...["InitLsaModeContext", "AcceptLsaModeContext", "InitUserModeContext"],
      ...["InitLsaModeContext", "InitUserModeContext"],
      ...["DeleteUserModeContext", "DeleteContext", "FreeCredentialsHandle"],
      ...["DeleteUserModeContext", "DeleteContext", "FreeCredentialsHandle"],
    ]);
    const [first, accepted, last] = entries(stage).filter(({ call }) => call.endsWith("LsaModeContext"));
    const [outbound, inbound] = [first?.handles?.[0], accepted?.handles?.[0]];
    expect(new Set([outbound, inbound]).size).toBe(2);
    expect(first).toMatchObject({ handles: [outbound, 0n], buffers: [] });
    const input = (token: string) => [
      [SECBUFFER_TOKEN, token.length, token],
      [SECBUFFER_EMPTY, 0, ""],
    ];
    expect(accepted).toMatchObject({ handles: [inbound, 0n], buffers: input("hello") });
    const context = last?.handles?.[1];
    expect(last).toMatchObject({ handles: [outbound, context], buffers: input("welcome") });
    const deleted = entries(stage).filter(({ call }) => call === "DeleteContext");
    expect(deleted.map(({ handles }) => handles?.[0])).toContain(context);
  });

  it("SPX-03: allocate only with the host's tables, and release each block once", () => {
    const stage = scriptedHost();
    const made = world(stage);
    const { client, server } = made.pair();
    client.query("names");
    const { packed, token } = client.export({ deleteOld: true, withToken: true });
    token?.close();
    server.decrypt(Buffer.concat([Buffer.from("MARK"), packed]));
    made.close();
    const { events } = stage.scripted;
    const scratch = (call: string) => events.filter((event) => event.call === call).map(({ address }) => address);
    expect(scratch("FreePrivateHeap")).toEqual(scratch("AllocatePrivateHeap"));
    // Two contexts' data, a name and a packed context: their recipients release them.
    const given = (call: string) => events.filter((event) => event.call === call).map(({ size }) => size);
    expect([given("AllocateLsaHeap"), given("AllocateHeap"), given("AllocateClientBuffer")]).toEqual([
      [13, 13],
      [12],
      [16],
    ]);
    expect(stage.host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
  });

  it.each([false, true])(
    "ISC-06: may return their own allocation, with ALLOCATE_MEMORY %s, which is copied and released",
    (allocates) => {
      const { scripted, host } = scriptedHost({
        legs: [{ status: SEC_I_CONTINUE_NEEDED, token: "own", allocates: true }],
      });
      using made = new World({ host, name: "Scripted" });
      expect(made.client(allocates).stepSync().token?.toString()).toBe("own");
      expect(scripted.calls).toContain("AllocateLsaHeap");
      expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
      expect(live().buffers).toBe(0);
    },
  );
});

describe("EXTRA and MISSING through a host", () => {
  it("ASC-06: an incomplete message continues when more bytes arrive, on the same context if there is one", () => {
    const { context, made, seen } = server(
      { status: SEC_E_INCOMPLETE_MESSAGE, missing: 4 },
      { status: SEC_I_CONTINUE_NEEDED, token: "go on" },
      { status: SEC_E_INCOMPLETE_MESSAGE },
      { status: SEC_E_OK, session: "s" },
    );
    using _made = made;
    expect(context.stepSync(Buffer.from("hel"))).toMatchObject({ status: "incomplete-message", missing: 4 });
    expect(context.stepSync(Buffer.from("lo"))).toMatchObject({ status: "continue", token: Buffer.from("go on") });
    const unsaid = context.stepSync(Buffer.from("pro"));
    expect(unsaid.status).toBe("incomplete-message");
    expect(unsaid).not.toHaveProperty("missing");
    expect(context.stepSync(Buffer.from("of"))).toMatchObject({ status: "complete" });
    const legs = seen().filter(({ call }) => call === "AcceptLsaModeContext");
    expect(legs.map(({ buffers }) => buffers?.[0]?.[2])).toEqual(["hel", "hello", "pro", "proof"]);
    const contexts = legs.map(({ handles }) => handles?.[1]);
    expect(contexts.slice(0, 2)).toEqual([0n, 0n]);
    expect(contexts[2]).toBe(contexts[3]);
    expect(contexts[2]).not.toBe(0n);
  });

  it.each([0, 1, 5, 11])("ASC-07, ISC-12: the last %i bytes of the input are returned as extra bytes", (extra) => {
    const { context, made } = server({ status: SEC_E_OK, session: "s", extra });
    using _made = made;
    const leg = context.stepSync(Buffer.from("hello, more"));
    expect(leg.status).toBe("complete");
    expect("extra" in leg ? leg.extra : undefined).toEqual(
      extra === 0 ? undefined : Buffer.from("hello, more").subarray(-extra),
    );
  });

  it("a package that claims more EXTRA bytes than the input has returns the whole input as extra bytes", () => {
    const { context, made } = server({ status: SEC_E_OK, session: "s", extra: 4096 });
    using _made = made;
    expect(context.stepSync(Buffer.from("hello"))).toMatchObject({ extra: Buffer.from("hello") });
  });
});

describe("flags, expiry and unknown success statuses", () => {
  it("ISC-16, ASC-10, ASC-11: flags and expiry come from the last leg", () => {
    const ticks = 133_000_000_000_000_000n;
    const { host } = scriptedHost({
      legs: [
        { status: SEC_I_CONTINUE_NEEDED, token: "hello", attributes: 0x10 },
        { status: SEC_E_OK, token: "welcome", session: "s", attributes: 0x2_0010, expiry: ticks },
        { status: SEC_E_OK, session: "c", attributes: 0x2, expiry: ticks },
      ],
    });
    using made = new World({ host, name: "Scripted" });
    const { client, server } = made.pair();
    expect([client.flags, server.flags]).toEqual([["mutualAuth"], ["confidentiality", "integrity"]]);
    expect(client.expiry).toEqual(dateOfTicks(ticks));
  });

  it("ISC-07: the client's last token reaches the server, whose last leg returns no token", () => {
    const { host } = scriptedHost({
      legs: [
        { status: SEC_E_OK, token: "all there is", session: "c" },
        { status: SEC_E_OK, session: "s" },
      ],
    });
    using made = new World({ host, name: "Scripted" });
    const leg = made.client().stepSync();
    expect(leg).toMatchObject({ status: "complete", token: Buffer.from("all there is") });
    expect(made.server().stepSync(leg.token as Buffer)).toMatchObject({ status: "complete" });
  });

  it.each([0x0009_0399, 0x103, 0x4000_0000])(
    "a positive status that is unknown to SSPI (%i) makes the leg fail and deletes the context",
    (status) => {
      const { host, scripted } = scriptedHost({ legs: [{ status, token: "?" }, ...handshakeLegs] });
      using made = new World({ host, name: "Scripted" });
      expect(() => made.client().stepSync()).toThrow();
      expect(scripted.open.contexts).toBe(0);
      expect(scripted.calls.filter((call) => call === "DeleteContext")).toHaveLength(1);
    },
  );
});
