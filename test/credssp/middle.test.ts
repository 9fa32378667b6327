import { describe, expect, it } from "vitest";
import { RequestReader } from "../../src/credssp/request-reader.ts";
import { decodeRequest, type TsRequest } from "../../src/credssp/ts-request.ts";
import { CredsspStream } from "../../src/credssp.ts";
import { TlsContext, TlsEngine } from "../../src/tls/index.ts";
import { ecCertificate, rootPem, rsaCertificate } from "../fixtures/tls-certificates.ts";
import { thrownBy } from "../thrown-by.ts";
import { clientOf, credssp, serverOf, stepped } from "./ends.ts";
import { innerPackages } from "./inner-packages.ts";
import { clientOptions, pipes, rejection, serverOptions } from "./streams.ts";

/**
 * An attacker in the middle, with a certificate that the client trusts and a key of its own: it speaks TLS with both
 * sides, and passes every message on.
 */
class Middle implements Disposable {
  readonly #contexts: readonly TlsContext[];
  readonly #towards: { readonly client: TlsEngine; readonly server: TlsEngine };
  /** The plaintext that it has read. */
  readonly seen: TsRequest[] = [];

  constructor() {
    const contexts = [
      new TlsContext({ side: "server", certificate: ecCertificate }),
      new TlsContext({ side: "client", verify: "report", ca: rootPem }),
    ] as const;
    this.#towards = { client: new TlsEngine(contexts[0]), server: new TlsEngine(contexts[1]) };
    this.#contexts = contexts;
  }

  [Symbol.dispose](): void {
    this.#towards.client.close();
    this.#towards.server.close();
    for (const context of this.#contexts) context.close();
  }

  /** Takes the bytes of one side, and returns the bytes to send to both sides. */
  pass(from: "client" | "server", bytes: Buffer): { readonly client: Buffer; readonly server: Buffer } {
    const [near, far] =
      from === "client" ? ["client" as const, "server" as const] : ["server" as const, "client" as const];
    this.#towards[near].feed(bytes);
    for (const engine of [this.#towards.client, this.#towards.server]) if (!engine.complete) engine.handshake();
    if (this.#towards[near].complete) this.#relay(this.#towards[near].open(), far);
    return { client: this.#towards.client.take(), server: this.#towards.server.take() };
  }

  #waiting: Record<"client" | "server", Buffer[]> = { client: [], server: [] };
  sealed: Record<"client" | "server", Buffer> = { client: Buffer.alloc(0), server: Buffer.alloc(0) };

  #relay(data: Buffer, far: "client" | "server"): void {
    if (data.length > 0) {
      const reader = new RequestReader();
      reader.push(data);
      for (let one = reader.take(); one; one = reader.take()) this.seen.push(decodeRequest(Buffer.from(one)));
      this.#waiting[far].push(data);
    }
    for (const side of ["client", "server"] as const) {
      if (!this.#towards[side].complete) continue;
      for (const waiting of this.#waiting[side].splice(0))
        this.sealed[side] = Buffer.concat([this.sealed[side], this.#towards[side].seal(waiting)]);
    }
  }

  /** The bytes to send to a side in addition to TLS's own messages. */
  take(side: "client" | "server"): Buffer {
    const bytes = this.sealed[side];
    this.sealed[side] = Buffer.alloc(0);
    return bytes;
  }
}

describe.each(["NTLM", "Kerberos"])(
  "an attacker in the middle of a logon by %s, with a certificate that is trusted",
  (inner) => {
    it.each([2, 4, 5, 6])("N3: gets no credentials from a client of version %i", (version) => {
      const innerProvider = innerPackages();
      const options = { inner, innerProvider, version, minimumVersion: 2 };
      const host = credssp({ ...options, server: { certificate: rsaCertificate } });
      using client = clientOf(host);
      using server = serverOf(host);
      using middle = new Middle();
      let towards = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
      let fromClient = client.stepSync().token as Buffer;
      const error = thrownBy(() => {
        for (let turn = 0; turn < 40; turn += 1) {
          const one = middle.pass("client", fromClient);
          const toServer = Buffer.concat([towards.server, one.server, middle.take("server")]);
          const fromServer = toServer.length > 0 ? stepped(server, toServer) : Buffer.alloc(0);
          const two = middle.pass("server", fromServer);
          const toClient = Buffer.concat([one.client, two.client, middle.take("client")]);
          towards = { client: Buffer.alloc(0), server: Buffer.concat([two.server, middle.take("server")]) };
          fromClient = toClient.length > 0 ? stepped(client, toClient) : Buffer.alloc(0);
        }
      });
      expect(error.code).toBe("SEC_E_MESSAGE_ALTERED");
      expect(middle.seen.length).toBeGreaterThan(2);
      expect(middle.seen.some(({ pubKeyAuth }) => pubKeyAuth)).toBe(true);
      expect(middle.seen.some(({ authInfo }) => authInfo)).toBe(false);
    });

    it("N3: gets no credentials from a stream", async () => {
      const innerProvider = innerPackages();
      const [clientEnd, near] = pipes();
      const [far, serverEnd] = pipes();
      using middle = new Middle();
      const flush = ({ client, server }: { readonly client: Buffer; readonly server: Buffer }): void => {
        for (const bytes of [client, middle.take("client")]) if (bytes.length > 0 && !near.destroyed) near.write(bytes);
        for (const bytes of [server, middle.take("server")]) if (bytes.length > 0 && !far.destroyed) far.write(bytes);
      };
      near.on("data", (bytes: Buffer) => flush(middle.pass("client", bytes)));
      far.on("data", (bytes: Buffer) => flush(middle.pass("server", bytes)));
      near.on("end", () => far.end());
      far.on("end", () => near.end());
      const errors = await Promise.all([
        rejection(CredsspStream.connect(clientEnd, clientOptions({ inner, innerProvider }))),
        rejection(
          CredsspStream.accept(serverEnd, serverOptions({ inner, innerProvider, certificate: rsaCertificate })),
        ),
      ]);
      expect(errors.map(({ code }) => code)).toContain("SEC_E_MESSAGE_ALTERED");
      expect(middle.seen.some(({ authInfo }) => authInfo)).toBe(false);
      expect(middle.seen.some(({ pubKeyAuth }) => pubKeyAuth)).toBe(true);
    });
  },
);
