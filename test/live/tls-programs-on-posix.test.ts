import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { Credential, SecureStream } from "../../src/index.ts";
import { schannelStandIn } from "../../src/packages.ts";
import { TlsContext, TlsEngine } from "../../src/tls/index.ts";
import { ecCertificate, elsewhereCertificate, rootPem, rsaCertificate } from "../fixtures/tls-certificates.ts";
import { EngineSocket } from "../tls/engine-socket.ts";
import { OpensslProgram } from "./openssl-program.ts";

const flags = { "tls1.2": "-tls1_2", "tls1.3": "-tls1_3" } as const;
type Version = keyof typeof flags;
const matrix = (["tls1.2", "tls1.3"] as const).flatMap((version) => [
  { version, kind: "RSA", certificate: rsaCertificate },
  { version, kind: "EC", certificate: ecCertificate },
]);

/** An engine as the client of `openssl s_server`. */
async function withServer(
  {
    version,
    certificate,
    args = [],
  }: { version: Version; certificate: typeof ecCertificate | typeof rsaCertificate; args?: readonly string[] },
  work: (engine: EngineSocket, program: OpensslProgram) => Promise<void>,
): Promise<void> {
  const files = { "cert.pem": certificate.cert, "key.pem": certificate.key };
  const identity = ["-cert", "@cert.pem", "-cert_chain", "@cert.pem", "-key", "@key.pem"];
  const all = ["s_server", "-accept", "127.0.0.1:0", flags[version], ...identity, ...args];
  await using program = new OpensslProgram(all, files);
  const [, port] = await program.says(/ACCEPT \S+:(\d+)/);
  const socket = connect(Number(port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  using context = new TlsContext({ side: "client", ca: rootPem, protocols: [version] });
  using engine = new TlsEngine(context, { servername: "localhost" });
  await work(new EngineSocket(engine, socket), program);
}

/** `openssl s_client`, connected to an engine that is the server. */
async function withClient(
  { version, certificate }: { version: Version; certificate: { readonly cert: string; readonly key: string } },
  work: (engine: EngineSocket, program: OpensslProgram) => Promise<void>,
): Promise<void> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const verify = ["-CAfile", "@root.pem", "-verify_return_error", "-verify_hostname", "localhost"];
  const args = ["s_client", "-connect", `127.0.0.1:${port}`, "-servername", "localhost", flags[version], ...verify];
  await using program = new OpensslProgram(args, { "root.pem": rootPem });
  const [socket] = (await once(server, "connection")) as [Socket];
  onTestFinished(() => void socket.destroy());
  using context = new TlsContext({ side: "server", certificate, protocols: [version] });
  using engine = new TlsEngine(context);
  await work(new EngineSocket(engine, socket), program);
}

const said = async (engine: EngineSocket): Promise<string | undefined> => (await engine.read())?.toString();

describe.each(matrix)("openssl, $version, $kind", ({ version, certificate }) => {
  it("s_server takes an engine for a client, and answers", async () => {
    await withServer({ version, certificate, args: ["-rev"] }, async (engine) => {
      await engine.handshake();
      expect(engine.engine.peer.trusted).toBe(true);
      await engine.write("hello\n");
      expect(await said(engine)).toBe("olleh\n");
      await engine.goodbye();
    });
  });

  it("s_client takes an engine for a server, verifies it, and talks", async () => {
    await withClient({ version, certificate }, async (engine, program) => {
      await engine.handshake();
      await program.says(/Verification: OK/);
      program.type("hello");
      expect(await said(engine)).toBe("hello\n");
      await engine.write("good morning\n");
      await program.says(/good morning/);
      // The program's command for quitting.
      program.type("Q");
      expect(await engine.read()).toBeUndefined();
    });
  });
});

describe("openssl", () => {
  it("s_server replaces keys in the middle of data, its own and both sides'", async () => {
    await withServer({ version: "tls1.3", certificate: ecCertificate }, async (engine, program) => {
      await engine.handshake();
      for (const [turn, command] of ["k", "K", "K"].entries()) {
        program.type(command);
        // A command consumes all the input that is read together with it.
        await delay(200);
        program.type(`line ${turn}`);
        expect(await said(engine)).toBe(`line ${turn}\n`);
        await engine.write(`answer ${turn}\n`);
        await program.says(new RegExp(`answer ${turn}`));
        engine.engine.updateKeys({ askPeer: true });
        await engine.flush();
      }
    });
  });

  it("s_client replaces keys in the middle of data", async () => {
    await withClient({ version: "tls1.3", certificate: ecCertificate }, async (engine, program) => {
      await engine.handshake();
      await program.says(/Verification: OK/);
      program.type("K");
      await program.says(/KEYUPDATE/);
      program.type("after it");
      expect(await said(engine)).toBe("after it\n");
      await engine.write("good morning\n");
      await program.says(/good morning/);
    });
  });

  it("s_server that asks for a new handshake gets none from an engine", async () => {
    await withServer({ version: "tls1.2", certificate: ecCertificate }, async (engine, program) => {
      await engine.handshake();
      program.type("R");
      await expect(engine.read()).rejects.toMatchObject({ failure: "alert" });
      await program.says(/no renegotiation/);
    });
  });

  it.each(["tls1.2", "tls1.3"] as const)(
    "B17: s_server with another name is refused, and prints why (%s)",
    async (version) => {
      await withServer({ version, certificate: elsewhereCertificate as never }, async (engine, program) => {
        await expect(engine.handshake()).rejects.toMatchObject({ failure: "name" });
        await program.says(/alert bad certificate/);
      });
    },
  );

  it.each(["tls1.2", "tls1.3"] as const)(
    "s_client refuses an engine with another name, which says so (%s)",
    async (version) => {
      await withClient({ version, certificate: elsewhereCertificate }, async (engine) => {
        // In TLS 1.3 a server is complete before its client has checked it.
        const talk = async (): Promise<unknown> => {
          await engine.handshake();
          return await engine.read();
        };
        await expect(talk()).rejects.toMatchObject({ failure: "alert" });
      });
    },
  );
});

describe("records of Schannel's stand-in", () => {
  it.each([
    ["tls1.2", 512],
    ["tls1.3", 4096],
  ] as const)("are as short as openssl s_client asks for (%s, %i bytes)", async (version, longest) => {
    using host = schannelStandIn({ certificate: rsaCertificate });
    const server = createServer();
    onTestFinished(() => void server.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const args = ["s_client", "-connect", `127.0.0.1:${port}`, flags[version], "-maxfraglen", String(longest)];
    await using program = new OpensslProgram(args, {});
    const [socket] = (await once(server, "connection")) as [Socket];
    using inbound = Credential.acquireSync({
      package: "Schannel",
      use: "inbound",
      provider: host.provider,
      schannel: { version: 5, protocols: [version] },
    });
    await using stream = SecureStream.accept(socket, inbound);
    await once(stream, "secure");
    expect(stream.context.query("streamSizes").cbMaximumMessage).toBe(longest);
    stream.write(`${"y".repeat(20_000)} and the end`);
    await program.says(/y{20000} and the end/);
  });
});
