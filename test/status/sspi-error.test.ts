import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { SEC_E_LOGON_DENIED } from "../../generated/status/constants.ts";
import { check, codeOf, type Failure, failure, SspiError } from "../../src/status/index.ts";
import { thrownBy } from "../thrown-by.ts";

const marked = Buffer.from("NTLMSSP with a response to a challenge");
const denied = (rest: Partial<Failure>): SspiError =>
  failure({ operation: "DecryptMessage", status: SEC_E_LOGON_DENIED, ...rest });
const error = failure({ operation: "AcceptSecurityContext", status: SEC_E_LOGON_DENIED, token: marked });

describe("SspiError", () => {
  it("is an Error whose stack leads to the caller", () => {
    expect(error).toBeInstanceOf(SspiError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("SspiError");
    expect(error.stack).toContain("sspi-error.test.ts");
    expect(error.stack).toContain(error.message);
  });

  it("hides its token from everything that lists or copies properties", () => {
    expect(error.token).toBe(marked);
    expect(Object.keys(error)).toEqual(expect.arrayContaining(["code", "status", "operation"]));
    expect(Object.keys(error)).not.toContain("token");
    expect(JSON.stringify(error)).not.toContain("token");
    expect({ ...error }).not.toHaveProperty("token");
  });

  it("has a token that cannot be replaced", () => {
    expect(() => Object.assign(error, { token: new Uint8Array() })).toThrow(TypeError);
    expect(error.token).toBe(marked);
  });

  it("shows the token's length in inspect, but never its bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 64 }), fc.nat(4), (token, depth) => {
        const shown = inspect(denied({ token: Buffer.from(token) }), { depth, showHidden: true });
        expect(shown).toContain(`token for the peer: ${token.length} bytes`);
        expect(shown).not.toContain(Buffer.from(token).toString("hex"));
        expect(shown).not.toContain([...token].join(", "));
        expect(shown).not.toContain("Uint8Array");
      }),
    );
  });

  it("shows no token if it has none, and shows its cause if it has one", () => {
    const plain = denied({});
    expect([inspect(plain), plain.token]).toEqual([plain.stack, undefined]);
    const caused = denied({ cause: new RangeError("the cause of it") });
    expect(inspect(caused)).toContain("the cause of it");
  });

  it("hides its token's bytes also inside other values and as another error's cause", () => {
    const secret = marked.toString("hex").match(/../g)?.slice(0, 8).join(" ") as string;
    for (const outer of [{ error }, [error], new Error("outer", { cause: error })]) {
      const shown = inspect(outer, { depth: 5 });
      expect(shown).toContain("token for the peer: 38 bytes");
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain("Buffer");
    }
  });
});

describe("codeOf", () => {
  it("returns the code of an SspiError, whatever was changed on the error since", () => {
    const changed = denied({});
    Object.defineProperty(changed, "code", { value: "SEC_E_OK" });
    expect([codeOf(error), codeOf(changed)]).toEqual(["SEC_E_LOGON_DENIED", "SEC_E_LOGON_DENIED"]);
  });

  it("returns undefined for any other value, also for one that looks like an SspiError", () => {
    const alike = Object.assign(Object.create(SspiError.prototype), { code: "SEC_E_LOGON_DENIED" });
    const others = [undefined, null, "SEC_E_LOGON_DENIED", 7, new Error("other"), { ...error }, alike, () => error];
    expect(others.map(codeOf)).toEqual(others.map(() => undefined));
    expect(codeOf(new Proxy(error, {}))).toBeUndefined();
  });
});

describe("an SspiError that a caller makes", () => {
  const details = { code: "SEC_E_LOGON_DENIED", status: SEC_E_LOGON_DENIED, operation: "X", text: "denied" } as const;

  it("takes what the library's own have", () => {
    expect(new SspiError({ ...details, token: marked })).toMatchObject({ code: "SEC_E_LOGON_DENIED", operation: "X" });
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "details: expected { code, status, operation, … }, got undefined"],
    ["null", null, "details: expected { code, status, operation, … }, got null"],
    ["text", "S3cret", "details: expected { code, status, operation, … }, got a string of 6 characters"],
    ["no code", { ...details, code: undefined }, "details.code: expected a string, got undefined"],
    [
      "a symbol as operation",
      { ...details, operation: Symbol("X") },
      "details.operation: expected a string, got a symbol",
    ],
    ["a negative status", { ...details, status: -1 }, "details.status: expected an integer from 0 to 4294967295"],
    ["a status of text", { ...details, status: "S3cret" }, "details.status: expected an integer from 0 to 4294967295"],
    ["a status that is a BigInt", { ...details, status: 1n }, "details.status: expected an integer"],
    ["a status that is a symbol", { ...details, status: Symbol("S3cret") }, "details.status: expected an integer"],
    [
      "a token of text",
      { ...details, token: "S3cret" },
      "details.token: expected a Buffer, got a string of 6 characters",
    ],
    ["a detail of another name", { ...details, S3cretS3cret: 1 }, "details: there is no option with this name of 12"],
    ["details of a class", new Map(), "details: expected { code, status, operation, … }, got an instance of Map"],
    ["a proxy of a token", { ...details, token: new Proxy(marked, {}) }, "details.token: expected a Buffer, got"],
  ])("B9, E11 is refused with an error that names the part, with %s", (_what, given, message) => {
    expect(() => new SspiError(given as never)).toThrow(message);
    expect(() => new SspiError(given as never)).not.toThrow("S3cret");
  });

  it("does not convert a status that is an object to a number", () => {
    const converted = vi.fn(() => SEC_E_LOGON_DENIED);
    expect(() => new SspiError({ ...details, status: { valueOf: converted } as never })).toThrow(
      "details.status: expected an",
    );
    expect(converted).not.toHaveBeenCalled();
  });

  it("B7 reads each detail once, so that the checked value is the one that is shown", () => {
    let reads = 0;
    const changing = {
      ...details,
      get status() {
        reads += 1;
        return (reads === 1 ? SEC_E_LOGON_DENIED : "hunter2") as number;
      },
    };
    expect(new SspiError(changing).message).toBe("X: SEC_E_LOGON_DENIED (0x8009030c): denied");
    expect(reads).toBe(1);
  });
});

describe("an SspiError under a polluted Object.prototype", () => {
  const everyone = Object.prototype as { token?: Buffer; cause?: unknown };

  it.each<[string, () => SspiError]>([
    ["of a failed call", () => thrownBy(() => check("DecryptMessage", SEC_E_LOGON_DENIED))],
    ["of a failure without a token", () => denied({})],
    [
      "that a caller makes",
      () => new SspiError({ code: "SEC_E_LOGON_DENIED", status: SEC_E_LOGON_DENIED, operation: "X", text: "denied" }),
    ],
  ])("B7 has no token and no cause of it: %s", (_which, make) => {
    everyone.token = Buffer.from("S3cret");
    everyone.cause = "S3cret";
    try {
      const made = make();
      expect(made.token).toBeUndefined();
      expect(Object.hasOwn(made, "cause")).toBe(false);
      expect(inspect(made)).toBe(made.stack);
    } finally {
      delete everyone.token;
      delete everyone.cause;
    }
  });
});
