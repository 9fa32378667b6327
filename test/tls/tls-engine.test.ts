import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { live } from "../../src/memory/index.ts";
import { TlsContext, TlsEngine, type TlsError } from "../../src/tls/index.ts";
import {
  clientCertificate,
  ecCertificate,
  elsewhereCertificate,
  encryptedEcKey,
  expiredCertificate,
  rootPem,
  rsaCertificate,
  rsaPfx,
} from "../fixtures/tls-certificates.ts";
import { caught, completed, enginePair, through } from "./engine-pair.ts";

const versions = ["tls1.2", "tls1.3"] as const;
const kinds = { RSA: rsaCertificate, EC: ecCertificate };
const matrix = versions.flatMap((version) => (["RSA", "EC"] as const).map((kind) => ({ version, kind })));

describe.each(matrix)("two TLS engines, $version, $kind", ({ version, kind }) => {
  const protocols = [version];
  const certificate = kinds[kind];

  it("complete a handshake and report the same version, protocol and cipher", () => {
    using pair = completed(enginePair({ protocols, alpn: ["x", "h2"] }, { protocols, certificate, alpn: ["h2", "x"] }));
    const { client, server } = pair;
    expect(client.agreement).toMatchObject({ version, alpn: "h2", servername: "localhost" });
    expect(server.agreement).toEqual(client.agreement);
    expect(client.agreement.cipher.bits).toBeGreaterThanOrEqual(128);
    expect(client.peer).toMatchObject({ trusted: true, chainError: undefined, nameError: undefined });
    expect(client.peer.certificates[0]?.subjectAltName).toContain("DNS:localhost");
    expect(client.peer.certificates.length).toBe(kind === "RSA" ? 2 : 1);
    expect(server.peer.certificates).toEqual([]);
  });

  it("carry data of every size in both directions", () => {
    using pair = completed(enginePair({ protocols }, { protocols, certificate }));
    for (const size of [0, 1, 16_383, 16_384, 16_385, 1_000_000]) {
      const data = Buffer.alloc(size, size & 0xff);
      expect(through(pair.client, pair.server, data).equals(data)).toBe(true);
      expect(through(pair.server, pair.client, data).equals(data)).toBe(true);
    }
  });

  it("accept the peer's bytes one by one, from the handshake to close_notify", () => {
    using pair = enginePair({ protocols }, { protocols, certificate });
    const { client, server } = pair;
    const received: number[] = [];
    const carry = (from: TlsEngine, to: TlsEngine): void => {
      for (const byte of from.take()) {
        to.feed(Buffer.of(byte));
        if (!to.handshake()) continue;
        received.push(...to.open());
      }
    };
    client.handshake();
    for (let turn = 0; turn < 4; turn += 1) {
      carry(client, server);
      carry(server, client);
    }
    server.feed(client.seal(Buffer.from("hello")));
    expect(server.open().toString()).toBe("hello");
    client.goodbye();
    carry(client, server);
    expect(server.closed).toBe(true);
    expect(received).toEqual([]);
  });

  it("derive the same keying material, and other material for another label or context", () => {
    using pair = completed(enginePair({ protocols }, { protocols, certificate }));
    const [client, server] = [pair.client, pair.server].map((one) => one.exportKeyingMaterial("EXPORTER-test", 32));
    expect(client).toEqual(server);
    expect(pair.client.exportKeyingMaterial("EXPORTER-other", 32)).not.toEqual(client);
    expect(pair.client.exportKeyingMaterial("EXPORTER-test", 32, Buffer.of(1))).not.toEqual(client);
  });

  it("distinguish close_notify from a cut connection, on both sides", () => {
    using pair = completed(enginePair({ protocols }, { protocols, certificate }));
    const { client, server } = pair;
    expect(caught(() => server.end())).toMatchObject({ code: "SSPI_TLS", failure: "truncated" });
    client.feed(server.seal(Buffer.from("last words")));
    server.goodbye();
    client.feed(server.take());
    expect(client.open().toString()).toBe("last words");
    client.end();
    expect(through(client, server, "still heard").toString()).toBe("still heard");
    expect(() => server.seal(Buffer.of(1))).toThrow("shutdown");
  });

  it("refuse a record in which any protected byte is changed", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (place, change) => {
        using pair = completed(enginePair({ protocols }, { protocols, certificate: ecCertificate }));
        const record = pair.client.seal(Buffer.from("a secret"));
        // The version of a record is left out: it is not protected, and a peer has to ignore it (RFC 8446, 5.1).
        const at = [0, ...Array.from({ length: record.length - 5 }, (_, index) => index + 5)][
          place % (record.length - 4)
        ];
        record[at as number] = (record[at as number] as number) ^ change;
        pair.server.feed(record);
        expect(caught(() => pair.server.open())).toMatchObject({ code: "SSPI_TLS" });
      }),
      { numRuns: 40 },
    );
  });
});

describe("a TLS client engine", () => {
  const strangers = [
    { whose: "of another name", client: {}, server: { certificate: elsewhereCertificate }, failure: "name" },
    { whose: "below no root that Node trusts", client: { ca: undefined }, server: {}, failure: "untrusted" },
    { whose: "that expired", client: {}, server: { certificate: expiredCertificate }, failure: "untrusted" },
    { whose: "below another root", client: { ca: ecCertificate.cert }, server: {}, failure: "untrusted" },
  ];

  it.each(strangers.flatMap((one) => versions.map((version) => ({ ...one, version }))))(
    "B17: refuses a certificate $whose and sends the server an alert before anything else ($version)",
    ({ client: { ca = rootPem, ...rest }, server: options, failure, version, whose }) => {
      const trust = whose.includes("Node") ? {} : { ca };
      using context = new TlsContext({ side: "client", protocols: [version], ...trust, ...rest });
      using client = new TlsEngine(context, { servername: "localhost" });
      using pair = enginePair({}, options);
      const { server } = pair;
      client.handshake();
      server.feed(client.take());
      server.handshake();
      client.feed(server.take());
      const error = caught(() => client.handshake()) as TlsError;
      expect(error).toMatchObject({ code: "SSPI_TLS", failure });
      expect(client.take()).toHaveLength(0);
      server.feed(error.farewell);
      expect(caught(() => server.handshake())).toMatchObject({ failure: "alert" });
      expect(server.complete || client.complete).toBe(false);
      for (const work of [() => client.seal(Buffer.of(1)), () => client.open(), () => client.handshake()])
        expect(caught(work)).toBe(error);
    },
  );

  it('with verify: "report" completes and reports what is wrong with the certificate', () => {
    using pair = completed(
      enginePair({ verify: "report", servername: "localhost" }, { certificate: elsewhereCertificate }),
    );
    expect(pair.client.peer).toMatchObject({ trusted: false, chainError: undefined, nameError: { failure: "name" } });
    using expired = completed(enginePair({ verify: "report" }, { certificate: expiredCertificate }));
    expect(expired.client.peer).toMatchObject({ trusted: false, chainError: { failure: "untrusted", reason: 10 } });
  });

  it("accepts a server by an IP address in its certificate, and refuses another address", () => {
    using pair = completed(enginePair({ servername: "127.0.0.1" }));
    expect(pair.client.peer.trusted).toBe(true);
    expect(pair.server.agreement.servername).toBeUndefined();
    expect(() => completed(enginePair({ servername: "127.0.0.2" }))).toThrow("127.0.0.2");
  });

  it("requires the server's name", () => {
    using context = new TlsContext({ side: "client" });
    expect(() => new TlsEngine(context)).toThrow("servername: expected the server's name");
  });

  it('fails with "protocol" when both sides have no common application protocol or version', () => {
    expect(caught(() => completed(enginePair({ alpn: ["a"] }, { alpn: ["b"] })))).toMatchObject({
      failure: "protocol",
    });
    const apart = () => completed(enginePair({ protocols: ["tls1.2"] }, { protocols: ["tls1.3"] }));
    expect(caught(apart)).toMatchObject({ failure: "protocol" });
  });
});

describe("a TLS server engine", () => {
  it.each(versions)("gets the client's certificate when it requests one (%s)", (version) => {
    const protocols = [version];
    using shown = completed(
      enginePair(
        { protocols, certificate: clientCertificate },
        { protocols, ca: rootPem, clientCertificates: "require" },
      ),
    );
    expect(through(shown.client, shown.server, "x")).toHaveLength(1);
    expect(shown.server.peer).toMatchObject({ trusted: true });
    expect(shown.server.peer.certificates[0]?.subject).toBe("CN=client");
    using other = completed(
      enginePair(
        { protocols, certificate: expiredCertificate },
        { protocols, ca: rootPem, clientCertificates: "request" },
      ),
    );
    expect(other.server.peer).toMatchObject({ trusted: false, chainError: { reason: 10 } });
    using none = completed(enginePair({ protocols }, { protocols, ca: rootPem, clientCertificates: "request" }));
    expect(none.server.peer).toMatchObject({ trusted: false, certificates: [] });
  });

  it.each(versions)("B18: refuses a client without the valid certificate that it requires (%s)", (version) => {
    const protocols = [version];
    const server = { protocols, ca: rootPem, clientCertificates: "require" } as const;
    for (const certificate of [undefined, expiredCertificate]) {
      const client = { protocols, ...(certificate ? { certificate } : {}) };
      expect(caught(() => completed(enginePair(client, server)))).toMatchObject({ code: "SSPI_TLS" });
    }
  });

  it("accepts a certificate as a PFX with its chain, and a key with a passphrase", () => {
    using pfx = completed(enginePair({}, { certificate: { pfx: rsaPfx, passphrase: "pfx-passphrase" } }));
    expect(pfx.client.peer.certificates.map(({ subject }) => subject)).toContain("CN=intermediate");
    const encrypted = { ...ecCertificate, key: encryptedEcKey, passphrase: "key-passphrase" };
    using key = completed(enginePair({}, { certificate: encrypted }));
    expect(key.client.peer.trusted).toBe(true);
  });

  const unusable = [
    { certificate: { pfx: rsaPfx, passphrase: "wrong" }, why: /^certificate\.pfx: / },
    { certificate: { pfx: Buffer.from("no PFX") }, why: /^certificate\.pfx: / },
    { certificate: { ...ecCertificate, key: encryptedEcKey }, why: /^certificate\.key: / },
    { certificate: { ...ecCertificate, key: "nonsense" }, why: /^certificate\.key: / },
    { certificate: { cert: "nonsense", key: ecCertificate.key }, why: /^certificate\.cert: / },
    {
      certificate: { cert: ecCertificate.cert, key: elsewhereCertificate.key },
      why: /^certificate: private key mismatch/,
    },
  ];
  it.each(unusable)(
    "E8: names the wrong part of its certificate in the error, reveals no secret and leaves nothing open ($why)",
    ({ certificate, why }) => {
      const error = caught(() => new TlsContext({ side: "server", certificate })) as Error;
      expect(error.message).toMatch(why);
      expect(error.message).not.toMatch(/nonsense|wrong|BEGIN/);
      expect(live().tls).toBe(0);
    },
  );
});

describe("TLS 1.3 traffic keys", () => {
  it("can be updated on one side or both between data", () => {
    using pair = completed(enginePair());
    const { client, server } = pair;
    for (const askPeer of [false, true, true]) {
      client.updateKeys({ askPeer });
      server.feed(client.take());
      expect(through(client, server, "new").toString()).toBe("new");
      client.feed(server.take());
      expect(through(server, client, "answer").toString()).toBe("answer");
    }
  });

  it("cannot be updated in TLS 1.2", () => {
    using pair = completed(enginePair({ protocols: ["tls1.2"] }));
    expect(() => pair.client.updateKeys()).toThrow("the keys cannot be replaced");
  });

  it("are updated by a message that messages() returns with showMessages", () => {
    using pair = completed(enginePair({}, { showMessages: true }));
    pair.server.messages();
    pair.client.updateKeys({ askPeer: true });
    pair.server.feed(pair.client.take());
    pair.server.open();
    // 24 is a KeyUpdate, and the final 1 requests the peer's.
    expect(pair.server.messages().map((message) => [...message])).toEqual([[24, 0, 0, 1, 1]]);
  });
});

describe("a TLS engine", () => {
  it("returns the data before a broken record and fails at the next call", () => {
    using pair = completed(enginePair());
    const record = pair.client.seal(Buffer.from("whole"));
    const broken = pair.client.seal(Buffer.from("broken"));
    broken[broken.length - 1] = (broken[broken.length - 1] as number) ^ 1;
    pair.server.feed(Buffer.concat([record, broken]));
    expect(pair.server.open().toString()).toBe("whole");
    const error = caught(() => pair.server.open()) as TlsError;
    expect(error).toMatchObject({ failure: "protocol" });
    pair.client.feed(error.farewell);
    expect(caught(() => pair.client.open())).toMatchObject({ failure: "alert", reason: 20 });
  });

  it("throws for data, agreement and key updates before the handshake is complete", () => {
    using pair = enginePair();
    for (const work of [
      () => pair.client.open(),
      () => pair.client.seal(Buffer.of(1)),
      () => pair.client.agreement,
      () => pair.client.goodbye(),
      () => pair.client.updateKeys(),
    ])
      expect(work).toThrow("the handshake is not complete");
  });

  it("outlives its context and is freed by close()", () => {
    const pair = completed(enginePair());
    expect(through(pair.client, pair.server, "x").toString()).toBe("x");
    expect(live().tls).toBeGreaterThan(0);
    pair[Symbol.dispose]();
    expect(live().tls).toBe(0);
    for (const work of [() => pair.client.feed(Buffer.of(1)), () => pair.client.take(), () => pair.client.closed])
      expect(work).toThrow(/closed/);
    pair.client.close();
  });

  it("refuses wrong and unknown options in errors that name them", () => {
    const options = (more: object) => () => new TlsContext({ side: "client", ...more });
    expect(options({ protocol: "tls1.2" })).toThrow(`options: did you mean "protocols"?`);
    expect(options({ protocols: ["tls1.1"] })).toThrow('protocols: did you mean "tls1.2"?');
    expect(options({ protocols: [] })).toThrow("protocols: ");
    expect(options({ alpn: ["x".repeat(256)] })).toThrow("alpn: ");
    expect(options({ verify: "no" })).toThrow("verify: ");
    expect(options({ ca: "nonsense" })).toThrow("ca: expected certificates in PEM, found none");
    expect(options({ ciphers: "NONE" })).toThrow("ciphers: ");
    expect(() => new TlsContext({ side: "server" } as never)).toThrow("certificate: ");
    const kee = { ...ecCertificate, kee: "" };
    expect(options({ certificate: kee })).toThrow('certificate: did you mean "key"?');
  });

  it.each([
    ["text", `-----BEGIN PRIVATE KEY-----\nMIG${"x".repeat(40)}`],
    ["bytes", Buffer.from("-----BEGIN PRIVATE KEY-----\nMIG")],
    ["null", null],
  ])("E8 refuses a file's content in place of a certificate and a key, and does not show it: %s", (_, certificate) => {
    for (const side of ["client", "server"]) {
      const { message } = caught(() => new TlsContext({ side, certificate } as never)) as Error;
      expect(message).toMatch(/^certificate: expected \{ cert, key \} or \{ pfx \}, got (a string|an instance|null)/);
      expect(message).not.toMatch(/MIG|PRIVATE/);
    }
  });

  it("refuses PEM with an unreadable part instead of leaving that part out", () => {
    const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    const { cert, key } = ecCertificate;
    const trusting = () => new TlsContext({ side: "client", ca: rootPem + broken });
    const serving = () => new TlsContext({ side: "server", certificate: { cert: cert + broken, key } });
    expect(caught(trusting)).toMatchObject({ name: "TlsError", message: expect.stringMatching(/^ca: /) });
    expect(caught(serving)).toMatchObject({ name: "TlsError", message: expect.stringMatching(/^certificate.cert: /) });
  });

  it.each([
    ["TLS_AES_256_GCM_SHA384", "tls1.3", "tls1.2"],
    ["ECDHE-ECDSA-AES128-GCM-SHA256", "tls1.2", "tls1.3"],
  ] as const)("like node:tls, speaks no version for which `ciphers` has no suite: %s", (ciphers, spoken, other) => {
    using pair = completed(enginePair({ ciphers }));
    expect(pair.client.agreement).toMatchObject({ version: spoken, cipher: { name: ciphers } });
    expect(caught(() => completed(enginePair({ ciphers }, { protocols: [other] })))).toMatchObject({
      failure: "protocol",
    });
    expect(() => new TlsContext({ side: "client", ciphers, protocols: [other] })).toThrow("ciphers: expected suites");
  });
});
