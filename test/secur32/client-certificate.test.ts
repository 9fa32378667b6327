import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import {
  CERT_FIND_SUBJECT_STR_W,
  CERT_STORE_ADD_NEW,
  CERT_SYSTEM_STORE_CURRENT_USER,
  sz_CERT_STORE_PROV_SYSTEM_W,
  X509_ASN_ENCODING,
} from "../../generated/wincrypt/constants.ts";
import {
  CertAddCertificateContextToStore,
  CertCloseStore,
  CertDeleteCertificateFromStore,
  CertFindCertificateInStore,
  CertOpenStore,
} from "../../generated/wincrypt/raw.ts";
import {
  Certificate,
  CertificateError,
  ClientContext,
  Credential,
  live,
  type SchannelOptions,
} from "../../src/index.ts";
import { type MadeCertificate, makeCertificate, makePfx } from "./made-certificate.ts";

const password = "geheim-7";

interface Served {
  /** The client's common name as the server sees it. */
  readonly subject: string;
  readonly protocol: string | null;
}

/** Runs Schannel's client against a server that requires a certificate and trusts `trusted`. */
async function served(trusted: MadeCertificate, schannel: SchannelOptions, versions = {}): Promise<Served> {
  const host = await makeCertificate("localhost");
  const server = createServer({
    key: host.key,
    cert: host.certificate,
    ca: [trusted.certificate],
    requestCert: true,
    rejectUnauthorized: true,
    maxVersion: "TLSv1.2",
    ...versions,
  });
  const connection = once(server, "secureConnection") as Promise<[TLSSocket]>;
  const refused = once(server, "tlsClientError").then(([error]) => Promise.reject(error as Error));
  refused.catch(() => {});
  connection.catch(() => {});
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  try {
    using _ = await handshake(socket, schannel);
    const [peer] = await Promise.race([connection, refused]);
    return { subject: String(peer.getPeerCertificate().subject?.CN), protocol: peer.getProtocol() };
  } finally {
    socket.destroy();
    server.close();
  }
}

async function handshake(socket: Socket, schannel: SchannelOptions): Promise<ClientContext> {
  using credential = Credential.acquireSync({ package: "Schannel", use: "outbound", schannel });
  const client = new ClientContext(credential, { target: "localhost", request: ["stream", "confidentiality"] });
  try {
    let leg = await client.step();
    for (let input = Buffer.alloc(0); ; ) {
      if (leg.token && leg.token.length > 0) socket.write(leg.token);
      if (leg.status === "complete") return client;
      if (leg.status === "incomplete-credentials") throw new Error("the server wants a certificate");
      input = Buffer.from(leg.extra ?? []);
      if (input.length === 0 || leg.status === "incomplete-message") {
        const [more] = (await once(socket, "data")) as [Buffer];
        input = Buffer.concat([input, more]);
      }
      leg = await client.step(input);
    }
  } catch (error) {
    client.close();
    throw error;
  }
}

describe("a certificate of a PFX, given to Schannel", () => {
  it.each(["user", "memory"] as const)("is shown to the server, with its key kept for the %s", async (keys) => {
    const alice = await makeCertificate("alice");
    using certificate = Certificate.fromPfx(await makePfx(password, alice), password, { keys });
    expect(await served(alice, { certificates: [certificate] })).toEqual({ subject: "alice", protocol: "TLSv1.2" });
  });

  it("is required by a server that refuses clients without a certificate or with an untrusted one", async () => {
    const [alice, mallory] = [await makeCertificate("alice"), await makeCertificate("mallory")];
    await expect(served(alice, {})).rejects.toThrow();
    using certificate = Certificate.fromPfx(await makePfx(password, mallory), password);
    await expect(served(alice, { certificates: [certificate] })).rejects.toThrow();
  });

  it("is the one with the private key among the PFX's certificates", async () => {
    const [alice, other] = [await makeCertificate("alice"), await makeCertificate("other")];
    using certificate = Certificate.fromPfx(await makePfx(password, alice, other), password);
    expect([Buffer.from(certificate.der).equals(alice.der), certificate.hasPrivateKey]).toEqual([true, true]);
    expect(certificate.x509.subject).toBe("CN=alice");
    expect(certificate.thumbprint).toBe(createHash("sha1").update(alice.der).digest("hex"));
  });

  it("can be opened again by its context's address", async () => {
    const alice = await makeCertificate("alice");
    using first = Certificate.fromPfx(await makePfx(password, alice), password);
    using second = Certificate.fromContext(first.address);
    expect([second.thumbprint, second.hasPrivateKey, live().certificates]).toEqual([first.thumbprint, true, 2]);
  });

  it("stays alive until the credential is closed, even if it is closed first", async () => {
    const alice = await makeCertificate("alice");
    const certificate = Certificate.fromPfx(await makePfx(password, alice), password);
    const credential = Credential.acquireSync({
      package: "Schannel",
      use: "outbound",
      schannel: { certificates: [certificate] },
    });
    certificate.close();
    expect(live()).toMatchObject({ credentials: 1, certificates: 1 });
    credential.close();
    expect(live()).toMatchObject({ credentials: 0, certificates: 0 });
  });
});

describe("a certificate in PEM, given to Schannel", () => {
  it("is shown to the server, and its key is deleted when it is closed", async () => {
    const alice = await makeCertificate("alice");
    {
      using certificate = Certificate.fromPem(alice.certificate, alice.key);
      expect([certificate.hasPrivateKey, certificate.x509.subject]).toEqual([true, "CN=alice"]);
      expect(await served(alice, { certificates: [certificate] })).toMatchObject({ subject: "alice" });
    }
    expect(live().certificates).toBe(0);
  });
});

describe("the protocols option of Schannel", () => {
  const only = (protocol: string) => ({
    minVersion: protocol,
    maxVersion: protocol,
    ciphers: "DEFAULT@SECLEVEL=0",
  });

  it.each([
    ["TLSv1.1", "tls1.1", "tls1.2"],
    ["TLSv1.2", "tls1.2", "tls1.1"],
  ] as const)(
    "completes the handshake only with a protocol that a server of %s supports",
    async (protocol, name, other) => {
      const alice = await makeCertificate("alice");
      using certificate = Certificate.fromPfx(await makePfx(password, alice), password);
      const certificates = [certificate];
      expect(await served(alice, { certificates, protocols: [name] }, only(protocol))).toMatchObject({ protocol });
      await expect(served(alice, { certificates, protocols: [other] }, only(protocol))).rejects.toThrow();
    },
  );

  it("B41 in SCH_CREDENTIALS is refused on Wine, because Wine would enable the disabled protocols", () => {
    const acquire = (schannel: SchannelOptions): unknown =>
      Credential.acquireSync({ package: "Schannel", use: "outbound", schannel });
    const refusal = /^schannel\.version: .* reads SCHANNEL_CRED \(version 4\) only$/;
    expect(() => acquire({ protocols: ["tls1.1"], version: 5 })).toThrow(refusal);
    expect(() => acquire({ restrictions: [{ protocols: ["tls1.1"] }] })).toThrow(refusal);
    expect(() => acquire({ protocols: ["tls1.3"] })).toThrow(refusal);
  });
});

/** Changes the current user's store "MY"; Wine saves it when it is closed. */
function changeStore(change: (store: bigint) => boolean): void {
  const name = Buffer.from("MY\0", "utf16le");
  const store = CertOpenStore(sz_CERT_STORE_PROV_SYSTEM_W, 0, 0n, CERT_SYSTEM_STORE_CURRENT_USER, name);
  expect(change(store)).toBe(true);
  expect(CertCloseStore(store, 0)).toBe(true);
}

/** Keeps a certificate in that store while `work` runs; others of the user and of other suites may be there. */
async function stored(made: MadeCertificate, work: () => Promise<void>): Promise<void> {
  using certificate = Certificate.fromPfx(await makePfx(password, made), password);
  const { address } = certificate;
  changeStore((store) => CertAddCertificateContextToStore(store, address, CERT_STORE_ADD_NEW, null));
  const subject = Buffer.from(`${made.subject}\0`, "utf16le");
  try {
    await work();
  } finally {
    changeStore((store) =>
      CertDeleteCertificateFromStore(
        CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_SUBJECT_STR_W, subject, null),
      ),
    );
  }
}

describe("a certificate in the user's store", () => {
  it("is found by thumbprint or subject, and is shown to the server", async () => {
    const subject = `alice of ${randomBytes(4).toString("hex")}`;
    const alice = await makeCertificate(subject);
    const thumbprint = createHash("sha1").update(alice.der).digest("hex");
    await stored(alice, async () => {
      for (const search of [{ thumbprint }, { subject: subject.slice(2).toUpperCase() }]) {
        using certificate = Certificate.fromStore(search);
        expect([certificate.thumbprint, certificate.hasPrivateKey]).toEqual([thumbprint, true]);
        expect(await served(alice, { certificates: [certificate] })).toMatchObject({ subject });
      }
      expect(() => Certificate.fromStore({ thumbprint: "00".repeat(20) })).toThrow(
        expect.objectContaining({ operation: "CertFindCertificateInStore", status: 0x8009_2004 }),
      );
    });
  });

  it("is refused with CertOpenStore's error if the store does not exist", () => {
    expect(() => Certificate.fromStore({ store: "Nowhere", subject: "alice" })).toThrow(
      expect.objectContaining({ operation: "CertOpenStore", status: 2 }),
    );
  });
});

describe("a PFX that cannot be opened", () => {
  it("because of a wrong password or wrong bytes throws CertificateError without the password", async () => {
    const pfx = await makePfx(password, await makeCertificate("alice"));
    for (const [bytes, given] of [
      [pfx, "falsch-9"],
      [Buffer.from("no PFX"), "falsch-9"],
    ] as const) {
      const open = () => Certificate.fromPfx(bytes, given);
      expect(open).toThrow(CertificateError);
      expect(open).not.toThrow(/falsch-9/);
    }
  });
});
