import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { SteppedContext } from "../../src/contexts/index.ts";
import { hostAbi, pointerSize } from "../../src/ctypes/index.ts";
import { ClientContext, Credential, SecurityContext, ServerContext } from "../../src/index.ts";
import { inbound, outbound, scripted } from "../scripted/scripted.ts";

/** Values that are no 32-bit unsigned integer, which koffi would silently turn into one. */
const notUints = [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, "1", null, 1n, {}, []];

describe("a context is made", () => {
  it("of both sides with a credential for both", () => {
    const { provider } = scripted({ legs: [{ status: SEC_E_OK }, { status: SEC_E_OK }] });
    using credential = Credential.acquireSync({ package: "Scripted", use: "both", provider });
    using client = new ClientContext(credential);
    using server = new ServerContext(credential);
    expect([client.stepSync().status, server.stepSync(Buffer.from("token")).status]).toEqual(["complete", "complete"]);
  });
});

describe("a context is not made", () => {
  it("ASC-01 for a server with outbound credentials, and nothing native is called", () => {
    const sspi = scripted();
    using credential = outbound(sspi);
    const before = sspi.calls.length;
    expect(() => new ServerContext(credential)).toThrow(
      /^credential: a server needs .*"inbound" or "both", got "outbound"/,
    );
    expect(sspi.calls).toHaveLength(before);
  });

  it("for a client with inbound credentials, and nothing native is called", () => {
    const sspi = scripted();
    using credential = inbound(sspi);
    const before = sspi.calls.length;
    expect(() => new ClientContext(credential)).toThrow(/^credential: a client needs .*got "inbound"/);
    expect(sspi.calls).toHaveLength(before);
  });

  it("with anything but a credential", () => {
    for (const wrong of [undefined, null, {}, "credential", Object.create(Object.getPrototypeOf(outboundOf()))])
      expect(() => new ClientContext(wrong as Credential)).toThrow(TypeError);
  });

  it("with a target that is no name: empty, with a NUL inside, or no string", () => {
    using credential = outbound(scripted());
    const make = (target: unknown) => () => new ClientContext(credential, { target: target as string });
    expect(make("")).toThrow(/^target: expected a name, got an empty string/);
    expect(make(5)).toThrow(/^target: expected a string, got a number/);
    expect(make(null)).toThrow(/^target: expected a string, got null/);
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(make(`${before}\0${after}`)).toThrow(/^target: expected a string without NUL/);
      }),
    );
  });

  it("with a limit of legs that is no valid number", () => {
    using credential = outbound(scripted());
    for (const maxLegs of [...notUints, 65_536])
      expect(() => new ClientContext(credential, { maxLegs: maxLegs as number }), String(maxLegs)).toThrow(
        /^maxLegs: expected /,
      );
  });

  it.each(["request", "require", "acceptUnknown", "buffers"])("B9 with %s that is no list, null included", (option) => {
    using credential = outbound(scripted());
    for (const wrong of [null, "", 0, false, () => {}, new Set(["mutualAuth"])])
      expect(() => new ClientContext(credential, { [option]: wrong })).toThrow(
        new RegExp(`^${option}: expected an array of (flag names|buffers), got `),
      );
  });

  it("with an unknown data representation", () => {
    using credential = outbound(scripted());
    for (const wrong of ["big", "", 0, 16])
      expect(() => new ClientContext(credential, { dataRepresentation: wrong as "native" })).toThrow(
        /^dataRepresentation: expected one of native, network; got /,
      );
  });

  it.each([
    ["spn", "target"],
    ["targetName", "target"],
    ["flags", "request or require"],
    ["mutualAuth", 'require: ["mutualAuth"]'],
    ["confidentiality", 'require: ["confidentiality"]'],
    ["integrity", 'require: ["integrity"]'],
  ])("with the option %s of another library, and the error names what it is called here", (option, hint) => {
    const sspi = scripted();
    using client = outbound(sspi);
    using server = inbound(sspi);
    for (const make of [
      () => new ClientContext(client, { [option]: true }),
      () => new ServerContext(server, { [option]: true }),
    ])
      expect(make).toThrow(
        expect.objectContaining({ name: "TypeError", message: expect.stringMatching(new RegExp(`^${option}: `)) }),
      );
    expect(() => new ClientContext(client, { [option]: true })).toThrow(hint);
  });

  it("by a class of the caller's that is neither a client nor a server", () => {
    for (const abstract of [SecurityContext, SteppedContext]) {
      const Mine = class extends (abstract as unknown as new (...args: unknown[]) => object) {};
      for (const key of [undefined, null, {}, Symbol("made here")])
        expect(() => new Mine(key, {}, {})).toThrow(/use a ClientContext, a ServerContext or importContext\(\)/);
    }
  });

  it("with options that are no object", () => {
    using credential = outbound(scripted());
    for (const wrong of [null, 5, "confidentiality"])
      expect(() => new ClientContext(credential, wrong as never)).toThrow(/^options: expected \{ request, require, /);
  });
});

describe("a token is refused before the package is called", () => {
  const refused = (token: unknown): unknown => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK }] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    try {
      server.stepSync(token as Uint8Array);
    } catch (error) {
      expect(sspi.legs).toHaveLength(0);
      expect(server.stepSync(Buffer.from("the right one")).status).toBe("complete");
      return error;
    }
    throw new Error("the token was taken");
  };

  it("when it is not bytes, and the context can still take the right one", () => {
    for (const wrong of [
      "TlRMTVNT",
      5,
      null,
      {},
      [1, 2],
      new ArrayBuffer(4),
      new Uint16Array(2),
      new DataView(new ArrayBuffer(2)),
      { length: 5_000_000_000 },
    ])
      expect(refused(wrong)).toMatchObject({
        name: "TypeError",
        message: expect.stringMatching(/^token: expected a Uint8Array or Buffer, got /),
      });
  });

  it("when a server is given none: only a client may begin", () => {
    expect(refused(undefined)).toMatchObject({ message: expect.stringMatching(/^token: expected the peer's message/) });
  });

  it("when its ArrayBuffer has been transferred away", () => {
    const token = new Uint8Array(16);
    structuredClone(token.buffer, { transfer: [token.buffer] });
    expect(refused(token)).toMatchObject({ message: expect.stringMatching(/^token: its ArrayBuffer is detached/) });
  });

  // An ArrayBuffer of 32-bit Node is never that long.
  it.runIf(pointerSize(hostAbi) === 8)(
    "when a SecBuffer cannot describe it: 4 GiB of zeros, which cost no memory",
    () => {
      expect(refused(new Uint8Array(2 ** 32))).toMatchObject({
        name: "RangeError",
        message: "token: expected at most 4294967295 bytes, got 4294967296",
      });
    },
  );

  it("when a client that has begun is given none", () => {
    const sspi = scripted({ legs: [{ status: 0x0009_0312 }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    expect(() => client.stepSync()).toThrow(/^token: expected the peer's message/);
    expect(sspi.legs).toHaveLength(1);
  });

  it("unless it is bytes: an empty token, a part of a buffer and shared memory are accepted", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(3)).fill(7);
    for (const token of [new Uint8Array(), Buffer.from("xxtokenxx").subarray(2, 7), shared]) {
      const sspi = scripted({
        legs: [
          ({ input }) => {
            expect(input?.all[0]?.bytes).toEqual(Buffer.from(token));
            return { status: SEC_E_OK };
          },
        ],
      });
      using credential = inbound(sspi);
      using server = new ServerContext(credential);
      expect(server.stepSync(token).status).toBe("complete");
    }
  });
});

function outboundOf(): Credential {
  const credential = outbound(scripted());
  credential.close();
  return credential;
}
