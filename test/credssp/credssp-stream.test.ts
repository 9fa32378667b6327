import { once } from "node:events";
import tls from "node:tls";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { CredsspStream, credsspHost } from "../../src/credssp.ts";
import { Credential, SecureStream } from "../../src/index.ts";
import { ecCertificate, encryptedEcKey, rootPem, rsaCertificate } from "../fixtures/tls-certificates.ts";
import { alice, credssp, target } from "./ends.ts";
import { innerPackages } from "./inner-packages.ts";
import { clientOptions, established, pipes, rejection, serverOptions, sockets } from "./streams.ts";

const protocols = ["tls1.2", "tls1.3"] as const;

/** Values that TLS, or the choice of a provider, would take for the default. */
const nothing: readonly { readonly options: object; readonly message: string }[] = [
  ...[null, "", 0, false, "tls1.3"].map((protocols) => ({
    options: { protocols } as object,
    message: "protocols: expected an array of names, got ",
  })),
  { options: { protocols: [] }, message: "protocols: expected at least one name, got none" },
  { options: { protocols: ["tls1.1"] }, message: "protocols: did you mean " },
  { options: { ciphers: "" }, message: "ciphers: expected a name, got an empty string" },
  { options: { ciphers: null }, message: "ciphers: expected a string, got null" },
  { options: { ca: "" }, message: "ca: expected certificates in PEM, got nothing" },
  { options: { ca: null }, message: "ca: expected a Uint8Array or Buffer, got null" },
  { options: { innerProvider: null }, message: "innerProvider: expected a provider" },
];

describe.each(protocols)("a CredsspStream over %s", (protocol) => {
  it.each(["NTLM", "Kerberos"])("logs on by %s, and carries data both ways until it ends", async (inner) => {
    const [client, server] = await established({ inner, protocols: [protocol] }, { inner });
    expect([client.version, server.version, client.protocol, server.protocol]).toEqual([6, 6, protocol, protocol]);
    expect(server.peer).toMatchObject({ account: "alice", package: inner });
    expect(server.delegated).toMatchObject({ user: "alice", domain: "EXAMPLE.TEST", matches: true });
    expect(client.delegated).toBeUndefined();
    expect(client.getPeerX509Certificate()?.subject).toContain("localhost");
    client.end(Buffer.alloc(100_000, 1));
    const received: Buffer[] = [];
    for await (const chunk of server) received.push(chunk as Buffer);
    expect(Buffer.concat(received).equals(Buffer.alloc(100_000, 1))).toBe(true);
    client.resume();
    await Promise.all([client.destroyed || once(client, "close"), server.destroyed || once(server, "close")]);
  });

  it("also logs on over a pair of sockets, and in pieces of one byte", { timeout: 60_000 }, async () => {
    for (const pair of [await sockets(), pipes(1)]) {
      const [client, server] = await established({ protocols: [protocol] }, {}, pair);
      client.write("hello");
      const [chunk] = await once(server, "data");
      expect(String(chunk)).toBe("hello");
      for (const stream of [client, server]) await stream[Symbol.asyncDispose]();
    }
  });

  it("works with the package CREDSSP over a SecureStream, as client and as server", async () => {
    const innerProvider = innerPackages();
    const host = credssp({ innerProvider, protocols: [protocol] });
    for (const role of ["client", "server"] as const) {
      const [one, other] = pipes();
      using credential = await Credential.acquire({
        package: "CREDSSP",
        use: role === "client" ? "outbound" : "inbound",
        provider: host.provider,
        ...(role === "client" && { credssp: { spnego: alice } }),
      });
      const secure =
        role === "client" ? SecureStream.connect(one, credential, { target }) : SecureStream.accept(other, credential);
      const [stream] = await Promise.all([
        role === "client"
          ? CredsspStream.accept(other, serverOptions({ innerProvider }))
          : CredsspStream.connect(one, clientOptions({ innerProvider })),
        once(secure, "secure"),
      ]);
      secure.write("hello");
      const [chunk] = await once(stream, "data");
      expect(String(chunk)).toBe("hello");
      await stream[Symbol.asyncDispose]();
      await secure[Symbol.asyncDispose]();
    }
  });
});

it("the client of a CredsspStream can be asked for its groups until the stream closes", async () => {
  const [client, server] = await established();
  // The package of the tests has no tokens.
  expect(await rejection(server.peer.groups())).not.toMatchObject({ name: "DisposedError" });
  for (const stream of [client, server]) await stream[Symbol.asyncDispose]();
  expect(await rejection(server.peer.groups())).toMatchObject({ name: "DisposedError" });
});

describe("the password that a CredsspStream delegates", () => {
  it("N13: can be used once, and its bytes are zero after that use", async () => {
    const [client, server] = await established();
    const { delegated } = server;
    let kept: Buffer | undefined;
    const result = delegated?.use((domain, user, password) => {
      kept = password;
      return [domain, user, password.toString("utf16le")];
    });
    expect(result).toEqual(["EXAMPLE.TEST", "alice", "userpw"]);
    expect(kept?.equals(Buffer.alloc(12))).toBe(true);
    expect(() => delegated?.use(() => 0)).toThrow("has been closed");
    for (const stream of [client, server]) await stream[Symbol.asyncDispose]();
  });

  it("N13: is zeroed after a promise that its use returns, and after a use that throws", async () => {
    for (const fails of [false, true]) {
      const [client, server] = await established();
      let kept: Buffer | undefined;
      const used = server.delegated?.use(async (_domain, _user, password) => {
        kept = password;
        await new Promise((resolve) => setImmediate(resolve));
        expect(password.toString("utf16le")).toBe("userpw");
        if (fails) throw new Error("no");
      });
      await used?.catch(() => {});
      expect(kept?.every((byte) => byte === 0)).toBe(true);
      for (const stream of [client, server]) await stream[Symbol.asyncDispose]();
    }
  });

  it("N13: is no longer available when the stream closes", async () => {
    const [client, server] = await established();
    for (const stream of [client, server]) await stream[Symbol.asyncDispose]();
    expect(() => server.delegated?.use(() => 0)).toThrow("has been closed");
  });

  it("N13: appears in no error and no printed object", async () => {
    const [client, server] = await established();
    const host = credssp();
    using credential = await Credential.acquire({
      package: "CREDSSP",
      use: "outbound",
      provider: host.provider,
      credssp: { spnego: { ...alice, password: "a-secret-of-alice" } },
    });
    const [one, other] = pipes();
    const errors = await Promise.all([
      rejection(CredsspStream.connect(one, clientOptions({ identity: { ...alice, password: "a-secret-of-alice" } }))),
      rejection(CredsspStream.accept(other, serverOptions())),
    ]);
    const shown = inspect([client, server, server.delegated, credential, host, errors], { depth: 6, showHidden: true });
    expect(errors.map(({ code }) => code)).toEqual(["SEC_E_LOGON_DENIED", "SEC_E_LOGON_DENIED"]);
    for (const secret of ["userpw", "a-secret-of-alice"]) expect(shown).not.toContain(secret);
    for (const stream of [client, server]) await stream[Symbol.asyncDispose]();
  });
});

describe("a handshake of CredsspStream that fails", () => {
  const failed = async (
    client: Parameters<typeof clientOptions>[0],
    server: Parameters<typeof serverOptions>[0] = {},
  ): Promise<readonly (string | undefined)[]> => {
    const innerProvider = innerPackages();
    const [one, other] = pipes();
    const errors = await Promise.all([
      rejection(CredsspStream.connect(one, clientOptions({ innerProvider, ...client }))),
      rejection(CredsspStream.accept(other, serverOptions({ innerProvider, ...server }))),
    ]);
    expect([one.destroyed, other.destroyed]).toEqual([true, true]);
    return errors.map(({ code }) => code);
  };

  it("tells the client of a wrong password from version 6 on, and only hangs up in earlier versions", async () => {
    const identity = { ...alice, password: "wrong" };
    expect(await failed({ identity })).toEqual(["SEC_E_LOGON_DENIED", "SEC_E_LOGON_DENIED"]);
    expect(await failed({ identity, version: 5 })).toEqual(["SSPI_TRUNCATED", "SEC_E_LOGON_DENIED"]);
  });

  it("is a CredsspError where the logon's package cannot encrypt, and the client learns of the server's failure", async () => {
    const without = (cannotSeal: "client" | "server") => ({ innerProvider: innerPackages({ cannotSeal }) });
    const [lack, hungUp] = ["SEC_E_INSUFFICIENT_MEMORY", "SSPI_TRUNCATED"];
    expect(await failed(without("client"), without("client"))).toEqual([lack, hungUp]);
    expect(await failed(without("server"), without("server"))).toEqual([lack, lack]);
  });

  it("N1: refuses a peer of an older version on either side", async () => {
    const old = { version: 4, minimumVersion: 2 };
    expect((await failed(old))[1]).toBe("SEC_E_UNSUPPORTED_FUNCTION");
    expect((await failed({}, old))[0]).toBe("SEC_E_UNSUPPORTED_FUNCTION");
  });

  it("N9: sends no credentials to a server that is not trusted", async () => {
    const [client, server] = await failed({ ca: rsaCertificate.cert });
    expect([client, server]).toEqual(["SEC_E_POLICY_NLTM_ONLY", "SSPI_TRUNCATED"]);
  });

  it("N9: leaves the transport alone where delegation to the target is not allowed", async () => {
    const [one, other] = pipes();
    const error = await rejection(CredsspStream.connect(one, clientOptions({ delegate: [] })));
    expect([error.code, one.destroyed, other.readableLength]).toEqual(["SEC_E_DELEGATION_POLICY", false, 0]);
  });

  it("N10: gives up in time on a peer that sends nothing", async () => {
    const [one] = pipes();
    const [, two] = pipes();
    const errors = await Promise.all([
      rejection(CredsspStream.connect(one, clientOptions({ handshakeTimeout: 50 }))),
      rejection(CredsspStream.accept(two, serverOptions({ handshakeTimeout: 50 }))),
    ]);
    expect(errors.map(({ code }) => code)).toEqual(["SSPI_HANDSHAKE_TIMEOUT", "SSPI_HANDSHAKE_TIMEOUT"]);
    expect([one.destroyed, two.destroyed]).toEqual([true, true]);
  });

  it("N10: gives up on a client that sends nothing inside TLS, and on one that never finishes", async () => {
    for (const says of [undefined, Buffer.from("30840000fff0", "hex"), Buffer.from("3084ffffffff", "hex")]) {
      const [one, other] = pipes();
      const socket = tls.connect({ socket: one, servername: "localhost", ca: rootPem });
      socket.on("error", () => {});
      if (says) socket.write(says);
      const { code } = await rejection(CredsspStream.accept(other, serverOptions({ handshakeTimeout: 200 })));
      expect(code).toBe(says?.[2] === 0xff ? "SEC_E_INVALID_TOKEN" : "SSPI_HANDSHAKE_TIMEOUT");
      socket.destroy();
    }
  });

  it("ends when its signal does, with the signal's reason", async () => {
    const [one] = pipes();
    const controller = new AbortController();
    const connecting = rejection(CredsspStream.connect(one, clientOptions({ signal: controller.signal })));
    controller.abort(new Error("enough"));
    expect((await connecting).message).toBe("enough");
    expect(one.destroyed).toBe(true);
  });

  it("is the transport's error where the transport ends", async () => {
    const [one, other] = await sockets();
    const connecting = rejection(CredsspStream.connect(one, clientOptions()));
    other.destroy();
    expect((await connecting).code).toMatch(/SSPI_TRUNCATED|ECONNRESET/);
  });

  it.each([
    [{ target: "" }, "target: expected a name"],
    [{ identity: { user: "alice" } as never }, "identity.password: expected a string"],
    [{ delegat: [] } as never, "delegat: there is no such option; did you mean delegate?"],
    [{ handshakeTimeout: -1 }, "handshakeTimeout: expected an integer"],
  ])("is refused for options that are wrong: %j", async (options, message) => {
    const [one] = pipes();
    expect((await rejection(CredsspStream.connect(one, { ...clientOptions(), ...options }))).message).toContain(
      message,
    );
    expect(one.destroyed).toBe(false);
  });
});

describe("a CredsspStream that connects", () => {
  it.each(nothing)("B7 refuses options that set nothing, and leaves the transport alone: $options", async (given) => {
    const [one] = pipes();
    const error = await rejection(CredsspStream.connect(one, clientOptions(given.options)));
    expect([error.message, one.destroyed]).toEqual([expect.stringContaining(given.message), false]);
  });
});

describe("a CredsspStream that accepts", () => {
  it.each(nothing.filter(({ options }) => !("ca" in options)))(
    "B7 refuses options that set nothing, and leaves the transport alone: $options",
    async ({ options, message }) => {
      const [one] = pipes();
      const error = await rejection(CredsspStream.accept(one, serverOptions(options)));
      expect([error.message, one.destroyed]).toEqual([expect.stringContaining(message), false]);
    },
  );

  it.each([
    ["text", "key-passphrase"],
    ["bytes", Buffer.from("key-passphrase")],
  ])("E5 takes a private key behind a passphrase that is %s", async (_form, passphrase) => {
    const certificate = { cert: ecCertificate.cert, key: Buffer.from(encryptedEcKey), passphrase };
    const [client, server] = await established({}, { certificate });
    expect(server.peer.account).toBe("alice");
    for (const stream of [client, server]) await stream[Symbol.asyncDispose]();
  });

  it.each([
    ["a wrong passphrase", "S3cr3t"],
    ["a wrong passphrase in bytes", Buffer.from("S3cr3t")],
    ["no passphrase", undefined],
  ])("E8 names the key, leaves the transport alone and shows no secret with %s", async (_what, passphrase) => {
    const certificate = { cert: ecCertificate.cert, key: encryptedEcKey, ...(passphrase && { passphrase }) };
    const [one] = pipes();
    const error = await rejection(CredsspStream.accept(one, serverOptions({ certificate })));
    expect([error.message, one.destroyed]).toEqual([
      expect.stringMatching(/^certificate\.key: cannot be opened: /),
      false,
    ]);
    expect(inspect(error, { depth: 5, showHidden: true })).not.toMatch(/S3cr3t|MII/);
  });

  it.each([null, 5, new Map(), true])("E8 refuses an invalid passphrase by its name: %o", async (passphrase) => {
    const certificate = { ...ecCertificate, passphrase: passphrase as never };
    const [one] = pipes();
    const { message } = await rejection(CredsspStream.accept(one, serverOptions({ certificate })));
    expect(message).toMatch(/^certificate\.passphrase: expected a string, or bytes of UTF-8, got /);
  });
});

describe("TLS below a CredsspStream", () => {
  async function clientOf(
    options: tls.ConnectionOptions,
  ): Promise<{ readonly socket: tls.TLSSocket; readonly error: Error }> {
    const [one, other] = pipes();
    const accepting = rejection(CredsspStream.accept(other, serverOptions({ handshakeTimeout: 500 })));
    const socket = tls.connect({ socket: one, servername: "localhost", ca: rootPem, ...options });
    socket.on("error", () => {});
    await Promise.race([once(socket, "secureConnect"), once(socket, "close")]).catch(() => {});
    const resumed = socket.isSessionReused();
    expect(resumed).toBe(false);
    const error = await accepting;
    socket.destroy();
    return { socket, error };
  }

  it("N5: refuses a client of TLS 1.1", async () => {
    const { error } = await clientOf({ minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
    expect(error.message).toMatch(/unsupported protocol|alert/i);
  });

  it("N5: refuses a server of TLS 1.1", async () => {
    const [one, other] = pipes();
    const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    const server = tls.createServer({ ...ecCertificate, ...old });
    server.on("tlsClientError", () => {}).emit("connection", other);
    const error = await rejection(CredsspStream.connect(one, clientOptions({ handshakeTimeout: 2000 })));
    expect(error.message).toMatch(/unsupported protocol|alert/i);
    expect(one.destroyed).toBe(true);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("N5: resumes no session of %s", async (version) => {
    let session: Buffer | undefined;
    const [one, other] = pipes();
    const accepting = rejection(CredsspStream.accept(other, serverOptions({ handshakeTimeout: 300 })));
    const first = tls.connect({ socket: one, servername: "localhost", ca: rootPem, maxVersion: version });
    first
      .on("error", () => {})
      .on("session", (given) => {
        session = given;
      });
    await once(first, "secureConnect");
    session ??= first.getSession();
    await accepting;
    first.destroy();
    await clientOf({ maxVersion: version, ...(session && { session }) });
  });

  it("N5: does not renegotiate with a client of TLS 1.2", async () => {
    const [one, other] = pipes();
    const accepting = rejection(CredsspStream.accept(other, serverOptions({ handshakeTimeout: 500 })));
    const socket = tls.connect({ socket: one, servername: "localhost", ca: rootPem, maxVersion: "TLSv1.2" });
    socket.on("error", () => {});
    await once(socket, "secureConnect");
    const answer = new Promise((resolve) => {
      socket.renegotiate({}, (error) => resolve(error ?? "renegotiated"));
    });
    expect(await Promise.race([answer, accepting])).toBeInstanceOf(Error);
    await accepting;
    socket.destroy();
  });

  it("N5: offers no versions of TLS below 1.2 to choose from", () => {
    expect(() => credsspHost({ protocols: ["tls1.1" as never] })).toThrow("protocols: ");
    expect(ecCertificate.cert).toContain("BEGIN CERTIFICATE");
  });
});
