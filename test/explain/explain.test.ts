import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeRequest } from "../../src/credssp/ts-request.ts";
import { explain, type TokenExplanation } from "../../src/explain.ts";
import {
  apReq,
  authenticate,
  challenge,
  cipher,
  clientHello,
  framedKerberos,
  krbError,
  negoex,
  negTokenInit,
  negTokenResp,
  ntlm,
  proof,
  serverHello,
  tlsRecord,
} from "./tokens.ts";

/** The innermost token. */
function innermost(found: TokenExplanation): TokenExplanation {
  const [inner] = found.inside;
  return inner ? innermost(inner) : found;
}

const shown = (token: Uint8Array | string): string => inspect(explain(token));

describe("explain() of an NTLM message", () => {
  it("AUTHENTICATE: says who logs on where and what was agreed, and of the proof only its size", () => {
    const { mechanism, message, facts, refusals } = explain(authenticate());
    expect({ mechanism, message }).toEqual({ mechanism: "NTLM", message: "AUTHENTICATE_MESSAGE" });
    expect(facts).toMatchObject({
      user: "alice",
      domain: "EXAMPLE",
      workstation: "PC1",
      target: "HTTP/web.example.test",
      channelBindings: "none sent",
      sessionKey: "16 bytes",
      integrityCode: true,
    });
    expect(facts["response"]).toMatch(/^NTLMv2, \d+ bytes$/);
    expect(facts["flags"]).toContain("NEGOTIATE_EXTENDED_SESSIONSECURITY");
    expect(refusals.map(({ by }) => by)).toEqual(["GSSAPI, as this library uses it on Linux"]);
  });

  it("CHALLENGE: says which server asks, and when that was", () => {
    expect(explain(challenge()).facts).toMatchObject({
      targetName: "EXAMPLE",
      computerDomain: "EXAMPLE",
      computerDns: "web.example.test",
      time: "2026-11-30T08:00:00.000Z",
    });
  });

  it("A1 names what the guard refuses: a field that lies behind the end", () => {
    const token = ntlm(3, 88, 60, 0, [[36, Buffer.from("alice")]]);
    token.writeUInt32LE(5000, 36 + 4);
    const { refusals, facts } = explain(token);
    expect(refusals).toContainEqual({
      by: "this library, before WinPR or an unknown library sees it",
      why: "a field of an NTLM message of type 3 lies at 5000, 5 bytes, of 93",
    });
    expect(facts["user"]).toBeUndefined();
  });

  it("says of a message of unknown type that it is one", () => {
    expect(explain(ntlm(9, 64, 60, 0, []))).toMatchObject({ message: "message of a type that there is not" });
  });
});

describe("explain() of Kerberos", () => {
  it.each([
    ["bare", framedKerberos(0x0100, apReq())],
    ["as RFC 4120 has it", apReq()],
    ["in SPNEGO", negTokenInit(framedKerberos(0x0100, apReq()))],
  ])("AP-REQ %s: says for whom the ticket is and how it is encrypted", (_, token) => {
    const { mechanism, message, facts } = innermost(explain(token));
    expect({ mechanism, message, facts }).toEqual({
      mechanism: "Kerberos",
      message: "AP-REQ",
      facts: {
        target: "HTTP/web.example.test@EXAMPLE.TEST",
        ticket: `AES256_CTS_HMAC_SHA1_96, key version 3, ${cipher.length} bytes`,
        authenticator: `AES256_CTS_HMAC_SHA1_96, ${cipher.length} bytes`,
        mutual: true,
      },
    });
  });

  it("KRB-ERROR: explains the error in words, and says whose error it is and the server's time", () => {
    expect(innermost(explain(framedKerberos(0x0300, krbError(37)))).facts).toEqual({
      error: "KRB_AP_ERR_SKEW: the clocks differ by too much",
      target: "HTTP/web.example.test@EXAMPLE.TEST",
      serverTime: "20261130080000Z",
    });
  });

  it("A2 TGT-REQ: names the guard that refuses it", () => {
    const { message, refusals } = explain(framedKerberos(0x0400, Buffer.from("30053003020105", "hex")));
    expect(message).toBe("TGT-REQ");
    expect(refusals.map(({ why }) => why)).toEqual(["the peer asks for user-to-user Kerberos"]);
  });
});

describe("explain() of SPNEGO", () => {
  it("NegTokenInit: lists the mechanisms that are offered, the preferred one first", () => {
    expect(explain(negTokenInit(authenticate()))).toMatchObject({
      mechanism: "SPNEGO",
      message: "NegTokenInit",
      facts: { mechanisms: ["Kerberos", "NTLM"] },
      inside: [{ mechanism: "NTLM" }],
    });
  });

  it("NegTokenResp: says its state and the mechanism that was chosen", () => {
    expect(explain(negTokenResp(1, challenge()))).toMatchObject({
      message: "NegTokenResp",
      facts: { state: "accept-incomplete", mechanism: "NTLM", checksum: "16 bytes" },
      inside: [{ message: "CHALLENGE_MESSAGE" }],
    });
  });

  it("that is cut off is refused, with the byte at which it ends", () => {
    const token = negTokenInit(authenticate());
    const { refusals, mechanism } = explain(token.subarray(0, token.length - 5));
    expect(mechanism).toBe("unknown");
    expect(refusals).toContainEqual({ by: "whoever reads it", why: "DER: the element at byte 0 ends early" });
  });
});

describe("explain() of CredSSP", () => {
  it("TSRequest: says version and error, explains the token inside, and reports only sizes of encrypted fields", () => {
    const request = {
      version: 6,
      negoToken: authenticate(),
      pubKeyAuth: proof,
      authInfo: cipher,
      errorCode: 0xc000_006d,
    };
    expect(explain(encodeRequest(request))).toMatchObject({
      mechanism: "CredSSP",
      facts: {
        version: 6,
        error: expect.stringMatching(/^STATUS_LOGON_FAILURE: /),
        credentials: `${cipher.length} bytes, encrypted`,
        publicKeyBinding: `${proof.length} bytes, encrypted`,
      },
      inside: [{ mechanism: "NTLM", facts: { user: "alice" } }],
    });
  });

  it("that is no TSRequest is refused in the words of its codec", () => {
    const [refusal] = explain(Buffer.from("30030a0101", "hex")).refusals;
    expect(refusal).toMatchObject({
      by: "this library's CredSSP",
      why: expect.stringContaining("a TSRequest is malformed"),
    });
  });
});

describe("explain() of TLS", () => {
  it("lists the records, and what is missing of the last one", () => {
    const hello = Buffer.from("160301000401000000", "hex");
    expect(explain(hello).facts).toEqual({ records: ["Handshake ClientHello of 4 bytes"] });
    expect(explain(hello.subarray(0, 7)).facts["missing"]).toBe("2 bytes of the last record");
  });

  it("ClientHello: says the server's name, and which versions and protocols are offered", () => {
    const hello = clientHello("web.example.test");
    expect(explain(hello).facts).toEqual({
      records: [`Handshake ClientHello of ${hello.length - 5} bytes`],
      versions: ["TLS 1.3", "TLS 1.2"],
      cipherSuites: 3,
      serverName: "web.example.test",
      applicationProtocols: ["h2", "http/1.1"],
    });
  });

  it("ServerHello: says which version and cipher suite were chosen", () => {
    expect(explain(serverHello()).facts).toMatchObject({ version: "TLS 1.3", cipherSuite: "0x1301" });
  });

  it("names an alert in the clear, and does not guess an encrypted one", () => {
    expect(explain(tlsRecord(21, Buffer.from([2, 40]))).facts["alert"]).toBe("fatal handshakeFailure");
    expect(explain(tlsRecord(21, Buffer.alloc(26, 2))).facts).toEqual({ records: ["Alert of 26 bytes"] });
  });

  it("a hello with wrong lengths is listed as a record, without further details", () => {
    const hello = clientHello("web.example.test");
    hello.writeUInt8(255, 5 + 4 + 2 + 32);
    expect(explain(hello).facts).toEqual({ records: [`Handshake ClientHello of ${hello.length - 5} bytes`] });
  });
});

describe("explain() of NEGOEX", () => {
  const scheme = Buffer.from("00112233445566778899aabbccddeeff", "hex");
  const named = "33221100-5544-7766-8899-aabbccddeeff";
  const vector = (at: number, size: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(at);
    bytes.writeUInt32LE(size, 4);
    return bytes;
  };

  it("messages one behind another: which mechanisms are offered, and the token inside of one's own", () => {
    const nego = negoex(0, Buffer.concat([Buffer.alloc(40), vector(96, 1), Buffer.alloc(8)]), scheme);
    const token = authenticate();
    const request = negoex(5, Buffer.concat([scheme, vector(64, token.length)]), token);
    const { mechanism, inside } = explain(Buffer.concat([nego, request]));
    expect(mechanism).toBe("NEGOEX");
    const conversation = "11111111-1111-1111-1111-111111111111";
    expect(inside).toMatchObject([
      { message: "INITIATOR_NEGO", facts: { number: 3, conversation, schemes: [named] }, inside: [] },
      { message: "AP_REQUEST", facts: { scheme: named }, inside: [{ mechanism: "NTLM", facts: { user: "alice" } }] },
    ]);
  });

  it("VERIFY and ALERT: the checksum by its size only, the error in words", () => {
    const checksum = negoex(6, Buffer.concat([scheme, Buffer.alloc(12), vector(76, 12)]), proof.subarray(0, 12));
    const error = Buffer.alloc(4);
    error.writeUInt32LE(0xc000_006d);
    const found = explain(Buffer.concat([checksum, negoex(7, Buffer.concat([scheme, error]))]));
    expect(found.inside.map(({ facts }) => facts)).toMatchObject([
      { checksum: "12 bytes" },
      { error: expect.stringMatching(/^STATUS_LOGON_FAILURE: /) },
    ]);
    expect(inspect(found)).not.toContain(proof.toString("hex", 0, 12));
  });

  it.each([
    ["a place behind the end", negoex(5, Buffer.concat([scheme, vector(64, 1)]))],
    ["a message that is cut off", negoex(5, Buffer.concat([scheme, vector(64, 4)]), Buffer.alloc(4)).subarray(0, 66)],
    ["a message without a size", Buffer.concat([Buffer.from("NEGOEXTS"), Buffer.alloc(40)])],
    ["something else behind it", Buffer.concat([negoex(7, Buffer.alloc(20)), Buffer.from("else")])],
  ])("%s is refused by whoever reads it", (_, token) => {
    const { refusals } = explain(token);
    expect(refusals).toContainEqual({ by: "whoever reads it", why: expect.stringMatching(/^NEGOEX: /) });
  });
});

describe("explain() of text", () => {
  const token = negTokenInit(authenticate());
  const base64 = token.toString("base64");

  it.each([
    ["base64", base64],
    ["base64 in lines", base64.replaceAll(/(.{60})/g, "$1\n")],
    ["hex", token.toString("hex")],
    ["hex with colons", token.toString("hex").replaceAll(/(..)(?!$)/g, "$1:")],
  ])("takes %s for the same token", (_, text) => {
    expect(explain(text)).toEqual(explain(token));
  });

  it.each([
    ["an arrow of curl's", `> Authorization: Negotiate ${base64}`],
    ["nothing in front", `authorization:negotiate ${base64}\r\n`],
  ])("takes a request's header with %s, and says what HttpAuthenticator makes of NTLM in it", (_, header) => {
    const { mechanism, facts, inside, refusals } = explain(header);
    expect({ mechanism, facts }).toEqual({ mechanism: "HTTP", facts: { schemes: ["Negotiate with a token"] } });
    expect(inside).toEqual([explain(token)]);
    expect(refusals).toEqual([
      { by: "HttpAuthenticator without `ntlm: true`", why: expect.stringMatching(/^mechanism-not-allowed: /) },
    ]);
  });

  it("takes scheme and token without the header's name", () => {
    expect(explain(`NTLM ${authenticate().toString("base64")}`).inside).toMatchObject([{ mechanism: "NTLM" }]);
  });

  it("finds several headers among other lines", () => {
    const text = `< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate\n< WWW-Authenticate: Basic realm="x"\n< Content-Length: 0`;
    expect(explain(text)).toMatchObject({
      message: "headers",
      inside: [{ facts: { schemes: ["Negotiate"] } }, { facts: { schemes: ["basic with realm"] } }],
    });
  });

  it("a token that is not base64 in its one form is refused in the words of the server", () => {
    const [refusal] = explain("Authorization: Negotiate YII!").refusals;
    expect(refusal?.why).toMatch(/^malformed-header: /);
    expect(explain("Authorization: Negotiate YIIx=").refusals[0]?.why).toMatch(/^malformed-token: /);
  });

  it.each(["", "   ", "what is this?", "Zm9v!"])("%j is a RangeError that says what is expected", (text) => {
    expect(() => explain(text)).toThrow(/^token: expected base64, hex, or a header of HTTP, got/);
  });

  it.each([undefined, null, 7, {}])("%j is a TypeError", (token_) => {
    expect(() => explain(token_ as never)).toThrow(TypeError);
  });
});

describe("an explanation", () => {
  it("prints as an indented text", () => {
    expect(shown(negTokenInit(framedKerberos(0x0100, apReq())))).toBe(`SPNEGO NegTokenInit, 240 bytes
  mechanisms  Kerberos, NTLM
  Kerberos AP-REQ, 174 bytes
    target         HTTP/web.example.test@EXAMPLE.TEST
    ticket         AES256_CTS_HMAC_SHA1_96, key version 3, 27 bytes
    authenticator  AES256_CTS_HMAC_SHA1_96, 27 bytes
    mutual         yes`);
  });

  it("E9 never has the proof of a password or a ciphertext in it, and no password of Basic", () => {
    const request = encodeRequest({ version: 6, negoToken: authenticate(), pubKeyAuth: proof, authInfo: cipher });
    const basic = `Authorization: Basic ${Buffer.from("alice:userpw").toString("base64")}`;
    for (const token of [authenticate(), negTokenInit(framedKerberos(0x0100, apReq())), request, basic]) {
      const text = `${shown(token)} ${JSON.stringify(explain(token))}`;
      for (const secret of [proof.subarray(0, 16), cipher, Buffer.from("userpw"), Buffer.from("alice:userpw")])
        for (const encoding of ["latin1", "hex", "base64"] as const)
          expect(text).not.toContain(secret.toString(encoding));
    }
  });

  it("E9 escapes what would control the terminal that it is printed on", () => {
    const text = shown(authenticate("\u001b[31mroot\u202e\nrefused by nobody"));
    expect(text).toContain("  user              \\u{1b}[31mroot\\u{202e}\\u{a}refused by nobody");
  });

  it("is made for any bytes, and no bytes make explain() throw", () => {
    const start = fc.constantFrom(
      ...[authenticate(), challenge(), negTokenResp(1, challenge()), negTokenInit(framedKerberos(0x0100, apReq()))],
      ...[apReq(), krbError(7), encodeRequest({ version: 6, negoToken: challenge() }), Buffer.alloc(0)],
    );
    const place = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(
        start,
        fc.array(place, { maxLength: 4 }),
        fc.uint8Array({ maxLength: 20 }),
        (token, changes, more) => {
          const bytes = Buffer.concat([token, more]);
          for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
          expect(inspect(explain(bytes)).length).toBeLessThan(20_000);
        },
      ),
      { numRuns: 500 },
    );
  });
});
