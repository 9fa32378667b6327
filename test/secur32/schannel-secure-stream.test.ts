import { once } from "node:events";
import { connect, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { Certificate, Credential, SecureStream } from "../../src/index.ts";
import { closed, failureOf, received } from "../streams/record-streams.ts";
import { wine } from "./loopback.ts";
import { makePfx } from "./made-certificate.ts";
import { certificateOf, connected, TlsPeer } from "./tls-peer.ts";

describe("a secure stream of Schannel to Node's TLS server", () => {
  it("completes the handshake, knows the server's certificate, and sends the server name", async () => {
    await using peer = await TlsPeer.start();
    const { client, served } = await connected(peer);
    expect([served.servername, served.getProtocol()]).toEqual(["localhost", "TLSv1.2"]);
    expect(client.getPeerX509Certificate()?.raw).toEqual((await certificateOf("localhost")).der);
    expect(client.context.flags).toEqual(expect.arrayContaining(["confidentiality", "stream"]));
    expect(client.alpnProtocol).toBe(false);
    client.end();
    client.resume();
    served.resume();
    await closed(client);
  });

  it("ends in order when this side ends first: the server sees the end and no error", async () => {
    await using peer = await TlsPeer.start({ allowHalfOpen: true } as never);
    const { client, served } = await connected(peer);
    client.end("a question");
    expect((await received(served)).toString()).toBe("a question");
    served.end("an answer");
    expect((await received(client)).toString()).toBe("an answer");
    await Promise.all([closed(client), closed(served)]);
    expect([peer.errors, client.errored]).toEqual([[], null]);
  });

  it("ends in order when the server ends first", async () => {
    await using peer = await TlsPeer.start();
    const { client, served } = await connected(peer);
    served.end("that is all");
    served.resume();
    expect((await received(client)).toString()).toBe("that is all");
    await Promise.all([closed(client), closed(served)]);
    expect([peer.errors, client.errored]).toEqual([[], null]);
  });

  it("carries 200 KB in both directions at the same time", async () => {
    await using peer = await TlsPeer.start();
    const { client, served } = await connected(peer);
    const [there, back] = [Buffer.alloc(200_000, "there "), Buffer.alloc(200_000, "back ")];
    const [got, answered] = [received(served), received(client)];
    client.write(there);
    served.write(back);
    client.end();
    expect((await got).equals(there)).toBe(true);
    expect((await answered).equals(back)).toBe(true);
    await closed(client);
  });

  it.each([
    [["h2", "http/1.1"], ["http/1.1"], "http/1.1"],
    [["http/1.1"], ["h2", "http/1.1"], "http/1.1"],
  ])("agrees on an application protocol: offered %j, known %j", async (offered, known, agreed) => {
    await using peer = await TlsPeer.start({ ALPNProtocols: known });
    const { client, served } = await connected(peer, { applicationProtocols: offered });
    expect([client.alpnProtocol, served.alpnProtocol]).toEqual([agreed, agreed]);
    client.destroy();
    await closed(client);
  });

  it("fails when both sides know no common application protocol", async () => {
    await using peer = await TlsPeer.start({ ALPNProtocols: ["h2"] });
    const client = peer.connect({ applicationProtocols: ["unheard-of"] });
    expect(await failureOf(client)).toMatchObject({ name: "SspiError", operation: "InitializeSecurityContextW" });
    await closed(client);
    expect(peer.errors.map(({ message }) => message).join()).toMatch(/no application protocol/i);
  });
});

describe("a server's certificate", () => {
  it("B12 a TLS server whose certificate is for another name is refused, even if the package does not compare names", async () => {
    await using peer = await TlsPeer.start({}, "other.example");
    const client = peer.connect();
    const error = await failureOf(client);
    if (wine) {
      expect(error).toMatchObject({ name: "SecureStreamError", code: "SSPI_SERVER_IDENTITY" });
      expect(error.message).toContain("CN=other.example, not for localhost");
    } else expect(error).toMatchObject({ code: expect.stringMatching(/^SEC_E_(UNTRUSTED_ROOT|WRONG_PRINCIPAL)$/) });
    await closed(client);
  });

  it("B12 a TLS server reached by its address is refused if its certificate contains only its name", async () => {
    await using peer = await TlsPeer.start();
    const client = peer.connect({ target: "127.0.0.1" });
    expect((await failureOf(client)).message).toMatch(/CN=localhost, not for 127\.0\.0\.1|SEC_E_/);
    await closed(client);
  });

  it("for another name is accepted with credManualCredValidation", async () => {
    await using peer = await TlsPeer.start({}, "other.example");
    const client = peer.connect({}, { flags: ["credManualCredValidation"] });
    await once(client, "secure");
    expect(client.getPeerX509Certificate()?.subject).toBe("CN=other.example");
    client.destroy();
    await closed(client);
  });

  it("is checked by checkServerIdentity before anything is sent", async () => {
    await using peer = await TlsPeer.start({}, "other.example");
    const judged: unknown[] = [];
    const manual = { flags: ["credManualCredValidation"] } as const;
    const check = (verdict: Error | undefined) =>
      peer.connect(
        {
          checkServerIdentity: (target, { subject }) => {
            judged.push([target, subject]);
            return verdict;
          },
        },
        manual,
      );
    const good = check(undefined);
    await once(good, "secure");
    good.destroy();
    const refusal = new Error("not this one");
    const bad = check(refusal);
    const accepted = peer.accepted();
    bad.write("a secret");
    expect(await failureOf(bad)).toBe(refusal);
    expect((await received(await accepted).catch(() => Buffer.alloc(0))).length).toBe(0);
    await Promise.all([closed(good), closed(bad)]);
    expect(judged).toEqual([
      ["localhost", "CN=other.example"],
      ["localhost", "CN=other.example"],
    ]);
  });

  it("is refused when checkServerIdentity returns neither an Error nor nothing", async () => {
    await using peer = await TlsPeer.start();
    const client = peer.connect({ checkServerIdentity: (async () => undefined) as never });
    expect((await failureOf(client)).message).toBe(
      "checkServerIdentity: expected an Error or nothing in answer, got object",
    );
    await closed(client);
  });

  it("cannot be checked without a target, so connect() throws", () => {
    using credential = Credential.acquireSync({ package: "Schannel", use: "outbound" });
    const socket = connect(9, "127.0.0.1").on("error", () => {});
    expect(() => SecureStream.connect(socket, credential, {})).toThrow("target: expected the server's name");
    socket.destroy();
  });
});

describe("a TLS server that requests a client certificate", () => {
  it("gets the certificate of the credential", async () => {
    const alice = await certificateOf("alice");
    await using peer = await TlsPeer.start({ requestCert: true, ca: [alice.certificate] });
    using certificate = Certificate.fromPfx(await makePfx("geheim-7", alice), "geheim-7");
    const accepted = peer.accepted();
    const client = peer.connect({}, { certificates: [certificate] });
    const served = await accepted;
    expect([served.authorized, served.getPeerCertificate().subject.CN]).toEqual([true, "alice"]);
    client.resume().end();
    served.resume();
    await closed(client);
  });

  it("but does not require one completes the handshake without it", async () => {
    await using peer = await TlsPeer.start({ requestCert: true, rejectUnauthorized: false });
    const { client, served } = await connected(peer);
    expect(served.authorized).toBe(false);
    served.end("welcome anyway");
    expect((await received(client)).toString()).toBe("welcome anyway");
    await closed(client);
  });

  it("and requires one refuses a client without it", async () => {
    const alice = await certificateOf("alice");
    await using peer = await TlsPeer.start({ requestCert: true, rejectUnauthorized: true, ca: [alice.certificate] });
    const client = peer.connect();
    expect(await failureOf(client)).toMatchObject({ name: "SspiError" });
    await closed(client);
    expect(peer.errors.map(({ message }) => message).join()).toMatch(/did not return a certificate/i);
  });
});

describe("a TLS server that starts a renegotiation", () => {
  it("gets another handshake on Windows; on Wine, which cannot start one, the stream fails with SSPI_RENEGOTIATION", async () => {
    await using peer = await TlsPeer.start();
    const { client, served } = await connected(peer);
    served.write("before");
    served.renegotiate({}, () => {});
    client.resume();
    if (wine) expect(await failureOf(client)).toMatchObject({ code: "SSPI_RENEGOTIATION" });
    else await expect.poll(() => client.context.legs).toBeGreaterThan(3);
    client.destroy();
    await closed(client);
  });
});

describe("a server that does not speak TLS", () => {
  it.each(["HTTP/1.1 400 Bad Request\r\n\r\n", "\x16\x03\x03\x00\x05nonsense", ""])(
    "makes the stream fail when it answers %j",
    async (answer) => {
      const server = createServer((socket) => socket.on("error", () => {}).end(answer));
      await once(server.listen(0, "127.0.0.1"), "listening");
      using credential = Credential.acquireSync({ package: "Schannel", use: "outbound" });
      const socket = connect((server.address() as { port: number }).port, "127.0.0.1");
      const client = SecureStream.connect(socket, credential, { target: "localhost" });
      expect((await failureOf(client)).message).toMatch(/SEC_E_|ended during the handshake|ECONNRESET|EPIPE/);
      await closed(client);
      server.close();
    },
  );
});
