import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  SecApplicationProtocolNegotiationStatus_None,
  SecApplicationProtocolNegotiationStatus_SelectedClientOnly,
  SecApplicationProtocolNegotiationStatus_Success,
} from "../../generated/sspi/constants.ts";
import { SspiError } from "../../src/index.ts";
import { Agreement } from "../../src/streams/agreement.ts";
import { rsaCertificate } from "../fixtures/tls-certificates.ts";

type Answers = Readonly<Record<"applicationProtocol" | "remoteCertificate", () => unknown>>;

const unsupported = (): never => {
  throw new SspiError({ code: "SEC_E_UNSUPPORTED_FUNCTION", status: 0x8009_0302, operation: "a query", text: "no" });
};
const none: Answers = { applicationProtocol: unsupported, remoteCertificate: unsupported };

function agreed(answers: Partial<Answers>): Agreement {
  const all = { ...none, ...answers };
  return new Agreement({ query: ((name: keyof Answers) => all[name]()) as never });
}

describe("the agreement after a handshake", () => {
  it("has neither protocol nor certificate if the package does not support the queries", () => {
    expect(agreed({})).toMatchObject({ alpnProtocol: false, certificate: undefined });
  });

  it.each(["applicationProtocol", "remoteCertificate"] as const)(
    "throws the error of querying %s, unless the package refused the query",
    (name) => {
      for (const error of [new TypeError("a mistake"), new RangeError("no memory"), new Error("closed")]) {
        const throws = (): never => {
          throw error;
        };
        expect(() => agreed({ [name]: throws })).toThrow(error);
      }
    },
  );

  it("contains the peer's certificate, parsed once, and none if the peer has sent no bytes of one", () => {
    const { raw } = new X509Certificate(rsaCertificate.cert);
    const agreement = agreed({ remoteCertificate: () => raw });
    expect(agreement.certificate?.raw).toEqual(raw);
    expect(agreement.certificate).toBe(agreement.certificate);
    expect(agreed({ remoteCertificate: () => new Uint8Array() }).certificate).toBeUndefined();
  });

  it.each([
    ["None", SecApplicationProtocolNegotiationStatus_None, false],
    ["Success", SecApplicationProtocolNegotiationStatus_Success, "h2"],
    ["SelectedClientOnly", SecApplicationProtocolNegotiationStatus_SelectedClientOnly, false],
  ])("contains the protocol only if the negotiation status is Success: %s", (_name, ProtoNegoStatus, protocol) => {
    const ProtocolId = Buffer.alloc(255, "h2-and-more");
    const applicationProtocol = () => ({ ProtoNegoStatus, ProtoNegoExt: 2, ProtocolIdSize: 2, ProtocolId });
    expect(agreed({ applicationProtocol }).alpnProtocol).toBe(protocol);
  });
});
