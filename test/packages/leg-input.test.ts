import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  SEC_CHANNEL_BINDINGS_EX_MAGIC,
  SECBUFFER_CHANNEL_BINDINGS,
  SECBUFFER_PKG_PARAMS,
  SECBUFFER_TARGET,
  SECBUFFER_TOKEN,
} from "../../generated/sspi/constants.ts";
import { SEC_CHANNEL_BINDINGS, SEC_CHANNEL_BINDINGS_EX } from "../../generated/sspi/structs.ts";
import { SEC_E_BAD_BINDINGS, SEC_E_OK } from "../../generated/status/constants.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { ClientContext, Credential, ServerContext } from "../../src/index.ts";
import type { Session } from "../../src/packages.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { expectUnderstanding, handshake, hosted } from "./hosted.ts";
import { descriptorOf, SeenHandles } from "./raw-calls.ts";
import { testDefinition, testPackage } from "./test-package.ts";

const done = { status: "complete", context: { peer: "" } } as const;

describe("a leg of a hosted TypeScript package", () => {
  it("ISC-14 gets the caller's package parameters and the flag useSuppliedCreds", () => {
    const seen: unknown[] = [];
    const initContext: typeof testDefinition.initContext = (request) => {
      seen.push([request.requested, request.buffers]);
      return testDefinition.initContext?.(request) as never;
    };
    const { provider } = hosted(testPackage({ initContext }));
    using credential = Credential.acquireSync({ package: "Test", use: "outbound", provider });
    const options = { request: ["useSuppliedCreds"], pkgParams: Buffer.from("mine") } as const;
    using context = new ClientContext(credential, options);
    context.stepSync(undefined, { buffers: [{ type: "target", name: "x" }] });
    context.stepSync(Buffer.from("welcome host"));
    const mine = { type: SECBUFFER_PKG_PARAMS, bytes: Buffer.from("mine") };
    const target = { type: SECBUFFER_TARGET, bytes: Buffer.from("x\0") };
    expect(seen).toEqual([
      [["useSuppliedCreds"], [mine, target]],
      [["useSuppliedCreds"], [mine]],
    ]);
  });

  it("gets flags beyond 32 bits together with the other flags, on both sides", () => {
    const seen: unknown[] = [];
    const { provider } = hosted(
      testPackage({
        initContext: ({ requested, buffers }) => {
          seen.push([requested, buffers]);
          return done;
        },
        acceptContext: ({ requested, buffers }) => {
          seen.push([requested, buffers]);
          return done;
        },
      }),
    );
    using credential = Credential.acquireSync({ package: "Test", use: "both", provider });
    using client = new ClientContext(credential, { request: ["mutualAuth", "messages", "reuseSessionTickets"] });
    client.stepSync();
    using server = new ServerContext(credential, { request: ["explicitSession"] });
    server.stepSync(Buffer.from("a"));
    expect(seen).toEqual([
      [["mutualAuth", "messages", "reuseSessionTickets"], []],
      [["explicitSession"], []],
    ]);
  });

  it.each([false, true])("gets channel bindings, with the flag to audit them (%s) or not", (audit) => {
    const seen: unknown[] = [];
    const acceptContext: typeof testDefinition.acceptContext = ({ channelBindings, buffers }) => {
      seen.push([channelBindings?.toString(), buffers]);
      return done;
    };
    const { provider } = hosted(testPackage({ acceptContext }));
    using credential = Credential.acquireSync({ package: "Test", use: "inbound", provider });
    const applicationData = Buffer.from("tls-unique:x");
    using server = new ServerContext(credential, { channelBindings: { applicationData, audit } });
    server.stepSync(Buffer.from("a"));
    expect(seen).toEqual([["tls-unique:x", []]]);
  });

  it("is refused with SEC_E_BAD_BINDINGS when C's channel bindings exceed their buffer or are shorter than their struct", () => {
    const head = fc.record({
      size: fc.integer({ min: 0, max: 60 }),
      start: fc.oneof(fc.nat(64), fc.constantFrom(0xffff_ffff, 0x7fff_ffff)),
      length: fc.oneof(fc.nat(64), fc.constantFrom(0xffff_ffff, 0x7fff_ffff)),
      extended: fc.boolean(),
    });
    const seen: (string | undefined)[] = [];
    const acceptContext: typeof testDefinition.acceptContext = ({ channelBindings }) => {
      seen.push(channelBindings?.toString("hex"));
      return done;
    };
    const { provider } = hosted(testPackage({ acceptContext }));
    const handles = new SeenHandles(provider);
    using _credential = Credential.acquireSync({ package: "Test", use: "inbound", provider });
    fc.assert(
      fc.property(head, ({ size, start, length, extended }) => {
        seen.length = 0;
        const memory = keptMemory();
        const bytes = Buffer.alloc(64, "data");
        const struct = extended ? SEC_CHANNEL_BINDINGS_EX : SEC_CHANNEL_BINDINGS;
        const magic = extended ? { magicNumber: SEC_CHANNEL_BINDINGS_EX_MAGIC } : {};
        const fields = { ...magic, dwApplicationDataOffset: start, cbApplicationDataLength: length };
        struct.write(new DataView(bytes.buffer, bytes.byteOffset), fields as never);
        const input = descriptorOf(memory, [SECBUFFER_CHANNEL_BINDINGS, bytes.subarray(0, size)]);
        const output = descriptorOf(memory, [SECBUFFER_TOKEN, new Uint8Array(8)]);
        const [slot, cell] = [memory.allocate(16).address, memory.cell().address];
        const places = [slot, output, cell, cell] as const;
        const status = provider.AcceptSecurityContext(handles.credential, 0, input, 0, 0, ...places);
        // The package recognises the extended struct by the magic number in its first four bytes.
        const known = extended && size >= 4 ? SEC_CHANNEL_BINDINGS_EX : SEC_CHANNEL_BINDINGS;
        if (size < known.layouts[hostAbi].size || start + length > size) {
          expect([status, seen]).toEqual([SEC_E_BAD_BINDINGS, []]);
          return;
        }
        expect([status, seen]).toEqual([SEC_E_OK, [bytes.toString("hex", start, start + length)]]);
        expect(provider.DeleteSecurityContext(slot)).toBe(SEC_E_OK);
      }),
      { numRuns: 300 },
    );
  });

  it("ISC-13 continues on the same context with another credential after incomplete-credentials", () => {
    const legs: unknown[] = [];
    const { provider, host } = hosted(
      testPackage({
        initContext({ credential, context, token }) {
          legs.push([credential?.user, context?.peer, token?.toString()]);
          const peer = `${context?.peer ?? ""}.`;
          if (!context) return { status: "continue", context: { peer } };
          if (credential?.user === "nobody") return { status: "incomplete-credentials", context: { peer } };
          return { status: "complete", context: { peer }, token: Buffer.from("certificate") };
        },
      }),
    );
    using nobody = Credential.acquireSync({ package: "Test", use: "outbound", provider });
    using context = new ClientContext(nobody);
    context.stepSync();
    expect(context.stepSync(Buffer.from("who are you?")).status).toBe("incomplete-credentials");
    {
      const identity = { user: "alice", password: "userpw" };
      using alice = Credential.acquireSync({ package: "Test", use: "outbound", provider, identity });
      context.useCredential(alice);
    }
    expect(context.stepSync()).toMatchObject({ status: "complete", token: Buffer.from("certificate") });
    expect(legs).toEqual([
      ["nobody", undefined, undefined],
      ["nobody", ".", "who are you?"],
      ["alice", "..", "who are you?"],
    ]);
    expect(host.diagnostics().open).toMatchObject({ credentials: 2, contexts: 1 });
  });

  it("ISC-20 can follow on a complete context after reauthenticate()", () => {
    let rounds = 0;
    const { provider, host } = hosted(
      testPackage({
        initContext({ context }) {
          if (context && rounds % 2 === 1) {
            rounds += 1;
            return { status: "complete", context, granted: rounds === 2 ? ["confidentiality"] : [] };
          }
          rounds += 1;
          return { status: "continue", context: context ?? { peer: "server" } };
        },
      }),
    );
    using credential = Credential.acquireSync({ package: "Test", use: "outbound", provider });
    using context = new ClientContext(credential, { require: ["confidentiality"] });
    context.stepSync();
    expect(context.stepSync(Buffer.from("a")).status).toBe("complete");
    context.reauthenticate();
    expect(context.stepSync().status).toBe("continue");
    expect(host.diagnostics().open.contexts).toBe(1);
    expect(() => context.stepSync(Buffer.from("b"))).toThrow("without confidentiality; it has been deleted");
    expect(host.diagnostics().open.contexts).toBe(0);
  });

  it("ISC-20 gives a new session after reauthenticate(), with new keys and numbers, and closes the old session once", () => {
    const closed: string[] = [];
    const { provider, host } = hosted(
      testPackage({
        initContext: (request) => {
          const { context, ...first } = request;
          return testDefinition.initContext?.(
            context && request.token ? request : { ...first, context: undefined },
          ) as never;
        },
        openSession(packed, origin) {
          const session = testDefinition.openSession?.(packed, origin) as Session;
          return Object.assign(session, { close: () => void closed.push(packed.toString()) });
        },
      }),
    );
    using sides = handshake(provider);
    const { client, server } = sides;
    expectUnderstanding(client, server);
    client.encrypt(Buffer.from("that never arrives"));
    expect(() => server.decrypt(client.encrypt(Buffer.from("out of order")))).toThrow("SEC_E_MESSAGE_ALTERED");
    client.reauthenticate();
    server.reauthenticate();
    expect(client.stepSync(server.stepSync(client.stepSync().token as Buffer).token as Buffer).status).toBe("complete");
    expectUnderstanding(client, server);
    expect(closed).toHaveLength(2);
    expect(host.diagnostics().open.contexts).toBe(2);
    sides[Symbol.dispose]();
    expect(closed).toHaveLength(4);
  });
});
