import { X509Certificate } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SchannelConnection } from "../../../src/packages/schannel/index.ts";
import { localhostCertificate } from "../../fixtures/localhost-certificate.ts";
import {
  clientCertificate,
  ecCertificate,
  elsewhereCertificate,
  expiredCertificate,
  rootPem,
} from "../../fixtures/tls-certificates.ts";
import { closeAll, connect, peerOf, StandInSide, schannel } from "./connections.ts";

afterEach(closeAll);

const error = (code: string) => expect.objectContaining({ code });
const versions = ["tls1.2", "tls1.3"] as const;
const only = (version: (typeof versions)[number]) => ({ protocols: [version] });

describe.each(versions)("a server's certificate for Schannel's stand-in, %s", (version) => {
  it.each([
    ["of another name", elsewhereCertificate, {}, "SEC_E_WRONG_PRINCIPAL"],
    ["that has expired", expiredCertificate, {}, "SEC_E_CERT_EXPIRED"],
    ["of an unknown root", ecCertificate, { ca: localhostCertificate }, "SEC_E_UNTRUSTED_ROOT"],
  ] as const)("B17: %s is refused, unless the caller validates it", (_what, certificate, options, code) => {
    const server = () => peerOf("server", { ...only(version), certificate });
    const close = vi.spyOn(SchannelConnection.prototype, "close");
    expect(() => connect(new StandInSide("client", options), server())).toThrow(error(code));
    close.mockRestore();
    const manual = new StandInSide("client", options, schannel({ flags: ["credManualCredValidation"] }));
    const { session } = connect(manual, server(), { target: "localhost" });
    const { raw } = new X509Certificate(certificate.cert);
    expect(Buffer.from(session.query?.remoteCertificate?.() as never)).toEqual(raw);
  });

  it("needs a target, whose name it must have, unless the caller validates it", () => {
    const close = vi.spyOn(SchannelConnection.prototype, "close");
    expect(() => new StandInSide("client").leg({ target: undefined as never })).toThrow(error("SEC_E_WRONG_PRINCIPAL"));
    expect(close).not.toHaveBeenCalled();
    close.mockRestore();
    const manual = new StandInSide("client", {}, schannel({ flags: ["credManualCredValidation"] }));
    const { session } = connect(manual, peerOf("server", only(version)), { target: undefined as never });
    expect(session.query?.connectionInfo?.().dwCipherStrength).toBeGreaterThan(0);
  });
});

describe.each(versions)("a client's certificate for Schannel's stand-in, %s", (version) => {
  const request = { requested: ["mutualAuth"] as never };
  const client = (changes: object = {}) => peerOf("client", { ...only(version), ...changes });
  const certificateOf = (all: ReturnType<typeof connect>) =>
    all.session.query?.remoteCertificate?.() as unknown as Uint8Array;

  it("is requested with mutualAuth only, and a client may have none", () => {
    const { raw } = new X509Certificate(clientCertificate.cert);
    const asked = connect(new StandInSide("server"), client({ certificate: clientCertificate }), request);
    expect(Buffer.from(certificateOf(asked))).toEqual(raw);
    const none = connect(new StandInSide("server"), client(), request);
    expect(() => certificateOf(none)).toThrow(error("SEC_E_NO_CREDENTIALS"));
    const unasked = connect(new StandInSide("server"), client({ certificate: clientCertificate }));
    expect(() => certificateOf(unasked)).toThrow(error("SEC_E_NO_CREDENTIALS"));
  });

  it("B17: of an unknown root is refused with SEC_E_UNTRUSTED_ROOT, unless the caller validates it", () => {
    const options = { ca: localhostCertificate };
    const certified = () => client({ certificate: clientCertificate });
    expect(() => connect(new StandInSide("server", options), certified(), request)).toThrow(
      error("SEC_E_UNTRUSTED_ROOT"),
    );
    const manual = schannel({ flags: ["credManualCredValidation"] });
    const accepted = connect(new StandInSide("server", options, manual), certified(), request);
    expect(certificateOf(accepted).length).toBeGreaterThan(100);
  });

  it("is sent to a server that requests it", () => {
    const server = (asks: object) =>
      peerOf("server", { ...only(version), ca: rootPem, clientCertificates: "request", ...asks });
    const shown = connect(new StandInSide("client", { clientCertificate }), server({}));
    expect(shown.peer.peer.certificates[0]?.subject).toBe("CN=client");
    const hidden = connect(new StandInSide("client"), server({}));
    expect(hidden.peer.peer.certificates).toEqual([]);
  });
});
