import { describe, expect, it } from "vitest";
import { ClientContext, Credential, type SspiError } from "../../src/index.ts";
import { definePackage, PackageError, type Session } from "../../src/packages.ts";
import { thrownBy } from "../thrown-by.ts";
import { handshake, hosted } from "./hosted.ts";
import { sessionsWith, testDefinition, testPackage } from "./test-package.ts";

/** An array of these bytes that claims to have 100; the memory behind it is somebody else's. */
function lying(content: Uint8Array): Uint8Array {
  const memory = new Uint8Array(4096).fill("S".charCodeAt(0));
  memory.set(content);
  class Liar extends Uint8Array<ArrayBuffer> {
    override get length(): number {
      return 100;
    }
  }
  return new Liar(memory.buffer, 0, content.length);
}

describe("a TypeScript package whose arrays lie about their length", () => {
  it("D3 hands out the real bytes of a leg's token and session", () => {
    const { initContext } = testDefinition;
    const { provider } = hosted(
      testPackage({
        initContext: (request) => {
          const leg = initContext?.(request) as { token?: Uint8Array; session?: Uint8Array };
          const [token, session] = [leg.token && lying(leg.token), leg.session && lying(leg.session)];
          return { ...leg, token, session } as never;
        },
      }),
    );
    for (const request of [[], ["allocateMemory"]] as const) {
      using credential = Credential.acquireSync({ package: "Test", use: "outbound", provider });
      using client = new ClientContext(credential, { target: "x", request });
      expect(String(client.stepSync().token)).toBe("hello nobody to x");
    }
    // A session of another length would not be JSON, and openSession would refuse it.
    handshake(provider)[Symbol.dispose]();
  });

  it("D3 hands out the real bytes of an error's token, and calls another value a fault of the package", () => {
    class Refusal extends PackageError {
      readonly #token: unknown;

      constructor(token: unknown) {
        super("SEC_E_LOGON_DENIED");
        this.#token = token;
        Object.defineProperty(this, "token", { get: () => this.#token });
      }
    }
    let given: unknown;
    const { provider } = hosted(
      testPackage({
        initContext: () => {
          throw new Refusal(given);
        },
      }),
    );
    const refusedWith = (token: unknown): SspiError => {
      given = token;
      using credential = Credential.acquireSync({ package: "Test", use: "outbound", provider });
      using client = new ClientContext(credential, { target: "x" });
      return thrownBy(() => client.stepSync()) as SspiError;
    };
    const refused = refusedWith(lying(Buffer.from("denied")));
    expect([refused.code, String(refused.token)]).toEqual(["SEC_E_LOGON_DENIED", "denied"]);
    for (const wrong of ["denied", { length: 4 }, new Uint16Array(4)])
      expect(refusedWith(wrong)).toMatchObject({ code: "SEC_E_INTERNAL_ERROR" });
  });

  it("D3 hands out the real bytes of signatures, sealed messages and exports", () => {
    const { provider } = hosted(
      testPackage({
        openSession: sessionsWith({
          sign: () => lying(Buffer.from("signature 16 big")),
          seal: (message: Buffer) => ({ token: lying(Buffer.from("token, 16 bytes.")), data: lying(message) }),
          unseal: (message: Buffer) => lying(message),
          export: () => lying(Buffer.from("packed")),
        }),
      }),
    );
    using pair = handshake(provider);
    expect(String(pair.client.sign(Buffer.from("x")))).toBe("signature 16 big");
    const message = "a message of more than a hundred bytes, ".repeat(4);
    for (const text of ["short", message]) {
      const sealed = pair.client.encrypt(Buffer.from(text));
      expect(String(sealed)).toBe(`token, 16 bytes.${text}`);
      expect(String(pair.server.decrypt(sealed))).toBe(text);
    }
    expect(String(pair.client.export().packed)).toBe("packed");
  });

  it("D3 hands out the real bytes of records", () => {
    const sizes = { cbHeader: 2, cbTrailer: 1, cbMaximumMessage: 200, cBuffers: 4, cbBlockSize: 1 };
    const session: Session = {
      query: { streamSizes: () => sizes },
      sealRecord: (message) => ({
        header: lying(Buffer.from("<<")),
        data: lying(message),
        trailer: lying(Buffer.from(">")),
      }),
      openRecord: () => ({ status: "renegotiate", length: 5, rewritten: lying(Buffer.from("HELLO")) }),
    };
    const { provider, defined } = hosted(
      definePackage({
        name: "Test",
        maxToken: 16,
        capabilities: ["stream"],
        acquireCredentials: () => "me",
        initContext: () => ({ status: "complete", context: "", session: Buffer.from("x"), granted: ["stream"] }),
        openSession: () => session,
      }),
    );
    using credential = Credential.acquireSync({ package: "Test", use: "outbound", provider });
    using client = new ClientContext(credential);
    client.stepSync();
    expect(String(client.encrypt(Buffer.from("four")))).toBe("<<four>");
    const read = client.decryptStream(Buffer.from("hello rest"));
    expect(String((read as { extra?: Buffer }).extra)).toBe("HELLO rest");
    expect(defined.faults).toEqual([]);
  });
});
