import { describe, expect, it } from "vitest";
import {
  SecApplicationProtocolNegotiationStatus_None,
  SecApplicationProtocolNegotiationStatus_SelectedClientOnly,
  SecApplicationProtocolNegotiationStatus_Success,
} from "../../generated/sspi/constants.ts";
import { SspiError } from "../../src/index.ts";
import { Agreement } from "../../src/streams/agreement.ts";

type Answers = Readonly<Record<"applicationProtocol" | "remoteCertificate", () => unknown>>;

const unsupported = (): never => {
  throw new SspiError({ code: "SEC_E_UNSUPPORTED_FUNCTION", status: 0x8009_0302, operation: "a query", text: "no" });
};
const none: Answers = { applicationProtocol: unsupported, remoteCertificate: unsupported };

function agreed(answers: Partial<Answers>): Agreement {
  const all = { ...none, ...answers };
  return new Agreement({ query: ((name: keyof Answers) => all[name]()) as never });
}

describe("what a handshake agreed on", () => {
  it("has neither protocol nor certificate where the package refuses to say", () => {
    expect(agreed({})).toMatchObject({ alpnProtocol: false, certificate: undefined });
  });

  it.each(["applicationProtocol", "remoteCertificate"] as const)(
    "fails with what goes wrong in asking for its %s, unless that is the package's own refusal",
    (name) => {
      for (const error of [new TypeError("a mistake"), new RangeError("no memory"), new Error("closed")]) {
        const throws = (): never => {
          throw error;
        };
        expect(() => agreed({ [name]: throws })).toThrow(error);
      }
    },
  );

  it.each([
    ["None", SecApplicationProtocolNegotiationStatus_None, false],
    ["Success", SecApplicationProtocolNegotiationStatus_Success, "h2"],
    ["SelectedClientOnly", SecApplicationProtocolNegotiationStatus_SelectedClientOnly, false],
  ])(
    "has the protocol that is in the answer only where its status is Success: %s",
    (_name, ProtoNegoStatus, protocol) => {
      const ProtocolId = Buffer.alloc(255, "h2-and-more");
      const applicationProtocol = () => ({ ProtoNegoStatus, ProtoNegoExt: 2, ProtocolIdSize: 2, ProtocolId });
      expect(agreed({ applicationProtocol }).alpnProtocol).toBe(protocol);
    },
  );
});
