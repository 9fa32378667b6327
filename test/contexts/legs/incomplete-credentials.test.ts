import { describe, expect, it } from "vitest";
import { SecPkgContext_IssuerListInfoEx } from "../../../generated/schannel/structs.ts";
import {
  SEC_E_INCOMPLETE_MESSAGE,
  SEC_E_NO_CREDENTIALS,
  SEC_E_OK,
  SEC_E_UNSUPPORTED_FUNCTION,
  SEC_I_CONTINUE_NEEDED,
  SEC_I_INCOMPLETE_CREDENTIALS,
} from "../../../generated/status/constants.ts";
import { CRYPT_INTEGER_BLOB } from "../../../generated/wincrypt/structs.ts";
import { hostAbi } from "../../../src/ctypes/index.ts";
import { ClientContext, Credential, DisposedError, type Leg } from "../../../src/index.ts";
import { outbound, type Script, type ScriptedSspi, scripted } from "../../scripted/scripted.ts";
import { writeNativeStruct } from "../../scripted/scripted-heap.ts";

/** Two names in DER, as a CertificateRequest has them. */
const issuers = ["3010310e300c06035504030c054a616e6520", "300d310b3009060355040613024445"].map((hex) =>
  Buffer.from(hex, "hex"),
);
const attribute = 0x59;

/** Answers the list of issuers as Schannel does: one allocation, with the names behind the array. */
const answerIssuers: NonNullable<Script["contextAttributes"]> = ({ attribute: asked, address, heap }) => {
  if (asked !== attribute) return SEC_E_UNSUPPORTED_FUNCTION;
  const { size } = CRYPT_INTEGER_BLOB.layouts[hostAbi];
  const block = heap.allocate(Buffer.concat([Buffer.alloc(size * issuers.length), ...issuers]));
  let at = block + BigInt(size * issuers.length);
  issuers.forEach((name, index) => {
    const blob = { cbData: name.length, pbData: at };
    writeNativeStruct(CRYPT_INTEGER_BLOB, block + BigInt(index * size), blob);
    at += BigInt(name.length);
  });
  writeNativeStruct(SecPkgContext_IssuerListInfoEx, address, { aIssuers: block, cIssuers: issuers.length });
  return SEC_E_OK;
};

const going = { status: SEC_I_CONTINUE_NEEDED };
const wanting = { status: SEC_I_INCOMPLETE_CREDENTIALS };
const done = { status: SEC_E_OK };

/** A package that records the token of each leg. */
function asked(...answers: readonly object[]): { sspi: ScriptedSspi; tokens: (string | undefined)[] } {
  const tokens: (string | undefined)[] = [];
  const legs = answers.map((answer) => ({ input }: { input?: { all: readonly { bytes: Buffer }[] } | undefined }) => {
    tokens.push(input?.all[0]?.bytes.toString());
    return answer as typeof done;
  });
  return { sspi: scripted({ legs, contextAttributes: answerIssuers }), tokens };
}

function begun(sspi: ScriptedSspi): ClientContext {
  using credential = outbound(sspi);
  const context = new ClientContext(credential);
  context.stepSync();
  return context;
}

describe("ISC-13 incomplete credentials, of a scripted provider", () => {
  it("are reported, and the accepted issuers can be read, each a name in DER; their memory is freed", () => {
    const { sspi } = asked(going, wanting);
    using context = begun(sspi);
    expect(context.stepSync(Buffer.from("request"))).toMatchObject({ status: "incomplete-credentials" });
    const { aIssuers, cIssuers } = context.query("issuerList");
    expect(cIssuers).toBe(2);
    expect(aIssuers.map(({ pbData }) => Buffer.from(pbData))).toEqual(issuers);
    expect(aIssuers.every(({ pbData, cbData }) => pbData instanceof Uint8Array && pbData.length === cbData)).toBe(true);
    expect(sspi.count("FreeContextBuffer")).toBeGreaterThan(0);
    expect(sspi.problems().filter((problem) => problem.includes("never freed"))).toEqual([]);
  });

  it("can be replaced: the exchange continues with other credentials on the same context and the same message", async () => {
    const { sspi, tokens } = asked(going, wanting, going, done);
    using context = begun(sspi);
    context.stepSync(Buffer.from("request"));
    const other = outbound(sspi);
    context.useCredential(other);
    other.close();
    expect((await context.step()).status).toBe("continue");
    expect((await context.step(Buffer.from("answer"))).status).toBe("complete");
    expect(tokens).toEqual([undefined, "request", "request", "answer"]);
    expect(sspi.legs.map(({ context: handle }) => handle)).toEqual([undefined, 2, 2, 2]);
    expect(sspi.legs.map(({ credential }) => credential)).toEqual([1, 1, 3, 3]);
  });

  it("are released once, like those that replace them, after the context that was made with them", () => {
    const { sspi } = asked(going, wanting, done);
    const context = begun(sspi);
    context.stepSync(Buffer.from("request"));
    {
      using other = outbound(sspi);
      context.useCredential(other);
      context.useCredential(other);
    }
    context.stepSync();
    const handles = (): readonly string[] => sspi.released.filter((name) => name !== "FreeContextBuffer");
    expect(handles()).toEqual([]);
    context.close();
    context.close();
    expect(handles()).toEqual(["DeleteSecurityContext", "FreeCredentialsHandle", "FreeCredentialsHandle"]);
  });

  it("may be left without replacement", () => {
    const { sspi, tokens } = asked(going, wanting, done);
    using context = begun(sspi);
    context.stepSync(Buffer.from("request"));
    expect(context.stepSync().status).toBe("complete");
    expect(tokens).toEqual([undefined, "request", "request"]);
    expect(sspi.legs.map(({ credential }) => credential)).toEqual([1, 1, 1]);
  });

  it("feed the whole message with what follows it again, or another message where one is given", () => {
    const incomplete = { status: SEC_E_INCOMPLETE_MESSAGE };
    const { sspi, tokens } = asked(going, incomplete, { ...wanting, extra: 4 }, { ...wanting }, done);
    using context = begun(sspi);
    context.stepSync(Buffer.from("req"));
    const leg: Leg = context.stepSync(Buffer.from("uest and more"));
    expect([leg.status, leg.extra]).toEqual(["incomplete-credentials", undefined]);
    context.stepSync();
    context.stepSync(Buffer.from("another"));
    expect(tokens).toEqual([undefined, "req", "request and more", "request and more", "another"]);
  });

  it("feed the message no more once a leg has taken it", () => {
    const { sspi } = asked(going, wanting, going, done);
    using credential = outbound(sspi);
    using context = new ClientContext(credential);
    context.stepSync();
    context.stepSync(Buffer.from("request"));
    context.stepSync();
    expect(() => context.stepSync()).toThrow(/^token: expected the peer's message/);
    expect(context.stepSync(Buffer.from("next")).status).toBe("complete");
  });

  it("feed another message once: where it is incomplete, only the rest of that message is accepted", () => {
    const { sspi, tokens } = asked(going, wanting, { status: SEC_E_INCOMPLETE_MESSAGE }, done);
    using context = begun(sspi);
    context.stepSync(Buffer.from("request"));
    context.stepSync(Buffer.from("ano"));
    expect(() => context.stepSync()).toThrow("token: expected the peer's message");
    context.stepSync(Buffer.from("ther"));
    expect(tokens).toEqual([undefined, "request", "ano", "another"]);
  });

  it("delete the context once and release both credentials where the replacement fails", () => {
    const { sspi } = asked(going, wanting, { status: SEC_E_NO_CREDENTIALS });
    using context = begun(sspi);
    context.stepSync(Buffer.from("request"));
    using other = outbound(sspi);
    context.useCredential(other);
    expect(() => context.stepSync()).toThrow("SEC_E_NO_CREDENTIALS");
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
    expect(() => context.useCredential(other)).toThrow("the exchange has failed");
  });

  it("can be replaced only while legs remain, and by credentials of the same package and use", () => {
    const { sspi } = asked(going, wanting, done);
    using credential = outbound(sspi);
    using context = new ClientContext(credential);
    expect(() => context.useCredential(credential)).toThrow("a context that still has legs to go");
    context.stepSync();
    using server = Credential.acquireSync({ package: "Scripted", use: "inbound", provider: sspi.provider });
    expect(() => context.useCredential(server)).toThrow('a client needs credentials with use "outbound" or "both"');
    using stranger = outbound(scripted());
    expect(() => context.useCredential(stranger)).toThrow("expected one of Scripted, from the context's provider");
    using other = Credential.acquireSync({ package: "Überpaket", use: "outbound", provider: sspi.provider });
    expect(() => context.useCredential(other)).toThrow("expected one of Scripted, from the context's provider");
    const closed = outbound(sspi);
    closed.close();
    expect(() => context.useCredential(closed)).toThrow(DisposedError);
    context.stepSync(Buffer.from("request"));
    context.stepSync();
    expect(() => context.useCredential(credential)).toThrow("a context that still has legs to go");
  });
});
