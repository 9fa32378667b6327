import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GssapiCalls } from "../../src/gssapi/gssapi-calls.ts";
import { GssapiContext } from "../../src/gssapi/gssapi-context.ts";
import { GssapiCredential, type Role } from "../../src/gssapi/gssapi-credential.ts";
import { runSync } from "../../src/gssapi/native-steps.ts";
import { writePointer } from "../../src/native/index.ts";

/** A library that hands out native credentials by number, and records those that were not released. */
class CountingLibrary {
  acquired = 0;
  readonly held = new Set<number>();

  get calls(): GssapiCalls {
    const acquire = (...args: readonly number[]): number => {
      this.acquired += 1;
      this.held.add(this.acquired);
      writePointer(args[5] as number, BigInt(this.acquired));
      return 0;
    };
    const releaseCredential = (handle: number): void => {
      if (handle !== 0 && !this.held.delete(handle)) throw new Error(`${handle} is released twice`);
    };
    const library = { get: () => acquire, find: () => undefined };
    const nothing = (): void => {};
    const others = { check: nothing, releaseName: nothing, deleteContext: nothing };
    return { library, releaseCredential, ...others } as unknown as GssapiCalls;
  }
}

function credentialOf(calls: GssapiCalls): GssapiCredential {
  const source = { name: 0, store: undefined, expiry: undefined, text: "" };
  return new GssapiCredential(calls, "Kerberos", { inbound: source, outbound: source }, undefined);
}

function begin(calls: GssapiCalls, credential: GssapiCredential, role: Role): GssapiContext {
  const context = new GssapiContext(calls, "Kerberos", role === "outbound");
  context.hold(credential, runSync(credential.handleFor(role)));
  return context;
}

describe("the native credentials of contexts over GSSAPI", () => {
  it("are one for a server that completes one context after another, released with the credential", () => {
    const library = new CountingLibrary();
    const { calls } = library;
    const credential = credentialOf(calls);
    for (let count = 0; count < 5; count += 1) {
      const context = begin(calls, credential, "inbound");
      context.complete(0, undefined);
      context.release();
    }
    expect(library.acquired).toBe(1);
    expect(library.held.size).toBe(1);
    credential.letGo();
    expect(library.held.size).toBe(0);
  });

  it("are kept for at most eight later contexts of a server that had many contexts at a time", () => {
    const library = new CountingLibrary();
    const { calls } = library;
    const credential = credentialOf(calls);
    const contexts = Array.from({ length: 20 }, () => begin(calls, credential, "inbound"));
    for (const context of contexts) context.complete(0, undefined);
    expect(library.held.size).toBe(8);
    for (const context of contexts) context.release();
    credential.letGo();
    expect(library.held.size).toBe(0);
  });

  it("are acquired for each context of a client, since the tickets may be another user's by then", () => {
    const library = new CountingLibrary();
    const { calls } = library;
    const credential = credentialOf(calls);
    for (let count = 0; count < 3; count += 1) {
      const context = begin(calls, credential, "outbound");
      context.complete(0, undefined);
      context.release();
    }
    expect(library.acquired).toBe(3);
    expect(library.held.size).toBe(0);
    credential.letGo();
  });

  it("have one user at a time on servers, are never used again after a failure, and are each released once", () => {
    const step = fc.record({ action: fc.constantFrom("begin", "complete", "fail"), which: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const library = new CountingLibrary();
        const { calls } = library;
        const credential = credentialOf(calls);
        const open: GssapiContext[] = [];
        const failed = new Set<number>();
        for (const { action, which } of steps) {
          if (action === "begin") open.push(begin(calls, credential, "inbound"));
          else {
            const [context] = open.splice(which % Math.max(1, open.length), 1);
            if (action === "complete") context?.complete(0, undefined);
            else if (context) failed.add(context.credential);
            context?.release();
          }
          const used = open.map((context) => context.credential);
          expect(new Set(used).size).toBe(used.length);
          for (const handle of used) expect(failed.has(handle)).toBe(false);
          expect(library.held.size).toBeLessThanOrEqual(open.length + 8);
        }
        credential.letGo();
        for (const context of open) context.release();
        expect(library.held.size).toBe(0);
      }),
    );
  });
});
