import { describe, expect, it } from "vitest";
import { ClientContext, Credential, type Leg, ServerContext } from "../../../src/index.ts";
import { schannelStandIn } from "../../../src/packages.ts";
import { TlsEngine } from "../../../src/tls/index.ts";
import { ecCertificate, rootPem } from "../../fixtures/tls-certificates.ts";
import { thrownBy } from "../../thrown-by.ts";
import { answer, ends, versions } from "./engine-ends.ts";

describe.each(versions)("the legs of Schannel's stand-in, %s", (version) => {
  it("report sizes that a record needs, and exchange data and a closing message with the server", () => {
    using all = ends(version);
    using client = all.client();
    using engine = new TlsEngine(all.context);
    let leg = client.stepSync(answer(engine, client.stepSync().token));
    const last = answer(engine, leg.token);
    if (leg.status !== "complete") leg = client.stepSync(last);
    expect(client.query("streamSizes")).toMatchObject({ cbMaximumMessage: 16_384, cBuffers: 4 });
    expect(client.query("connectionInfo").dwCipherStrength).toBeGreaterThanOrEqual(128);
    engine.feed(client.encrypt(Buffer.from("to the server")));
    expect(engine.open().toString()).toBe("to the server");
    const read = client.decryptStream(engine.seal(Buffer.from("to the client")));
    expect(read).toMatchObject({ status: "data", data: Buffer.from("to the client") });
    const token = client.shutdownSync();
    engine.feed(token);
    expect(engine.open()).toHaveLength(0);
    expect(engine.closed).toBe(true);
  });

  it("B17: refuse an altered record with SEC_E_DECRYPT_FAILURE", () => {
    using all = ends(version);
    using client = all.client();
    using engine = new TlsEngine(all.context);
    const leg = client.stepSync(answer(engine, client.stepSync().token));
    const last = answer(engine, leg.token);
    if (leg.status !== "complete") client.stepSync(last);
    const record = engine.seal(Buffer.from("changed on the way"));
    record[record.length - 1] = (record[record.length - 1] as number) ^ 1;
    expect(thrownBy(() => client.decryptStream(record)).code).toBe("SEC_E_DECRYPT_FAILURE");
  });
});

describe("a KeyUpdate in the legs of Schannel's stand-in", () => {
  function updated(all: ReturnType<typeof ends>) {
    const client = all.client();
    const engine = new TlsEngine(all.context);
    answer(engine, client.stepSync(answer(engine, client.stepSync().token)).token);
    engine.updateKeys({ askPeer: true });
    const record = engine.take();
    const read = client.decryptStream(Buffer.concat([record, engine.seal(Buffer.from("behind it"))]));
    client.reauthenticate();
    const dispose = (): void => {
      client.close();
      engine.close();
    };
    return { client, engine, record, read, [Symbol.dispose]: dispose };
  }

  it("comes back in plain text as extra bytes, and the next leg answers it", () => {
    using all = ends("tls1.3");
    using one = updated(all);
    const { client, engine, read } = one;
    expect(read.status).toBe("renegotiate");
    const { extra } = read as { readonly extra: Buffer };
    // A handshake record with a KeyUpdate (24) of one byte, which requests new keys of this side too.
    expect(extra.subarray(0, 10).toString("hex")).toBe("16030300161800000101");
    const again = client.stepSync(extra);
    expect(again.status).toBe("complete");
    engine.feed(again.token as Buffer);
    engine.open();
    const rest = client.decryptStream(again.extra as Buffer);
    expect(rest).toMatchObject({ status: "data", data: Buffer.from("behind it") });
    engine.feed(client.encrypt(Buffer.from("with new keys")));
    expect(engine.open().toString()).toBe("with new keys");
  });

  it("is refused with SEC_E_DECRYPT_FAILURE when the leg gets its ciphertext", () => {
    using all = ends("tls1.3");
    using one = updated(all);
    expect(thrownBy(() => one.client.stepSync(one.record)).code).toBe("SEC_E_DECRYPT_FAILURE");
  });
});

describe("credentials of Schannel's stand-in", () => {
  const acquire = (host: ReturnType<typeof schannelStandIn>, use: "inbound" | "outbound", rest: object = {}) =>
    Credential.acquireSync({ package: "Schannel", use, provider: host.provider, ...rest });

  it("are refused without a certificate to serve with, and without a protocol that the stand-in speaks", () => {
    using host = schannelStandIn();
    expect(thrownBy(() => acquire(host, "inbound")).code).toBe("SEC_E_NO_CREDENTIALS");
    using server = schannelStandIn({ certificate: ecCertificate });
    using inbound = acquire(server, "inbound", { schannel: { protocols: ["tls1.0"] } });
    using context = new ServerContext(inbound);
    expect(thrownBy(() => context.stepSync(Buffer.from("16030300010100", "hex"))).code).toBe(
      "SEC_E_ALGORITHM_MISMATCH",
    );
  });

  it("allow TLS 1.3 only in SCH_CREDENTIALS, as Microsoft's Schannel does", () => {
    using host = schannelStandIn({ certificate: ecCertificate, ca: rootPem });
    for (const [schannel, version] of [
      [{ version: 4 }, 0x400],
      [{ version: 5 }, 0x1000],
    ] as const) {
      using outbound = acquire(host, "outbound", { schannel });
      using inbound = acquire(host, "inbound", { schannel });
      using client = new ClientContext(outbound, { target: "localhost" });
      using server = new ServerContext(inbound);
      let leg: Leg = client.stepSync();
      while (leg.status === "continue" || (leg.token && leg.token.length > 0)) {
        const other = server.stepSync(leg.token as Buffer);
        if (other.status === "complete" && !(other.token && other.token.length > 0)) break;
        leg = client.stepSync(other.token as Buffer);
      }
      expect(server.query("connectionInfo").dwProtocol).toBe(version);
    }
  });

  it("refuse unknown options and unusable certificates at once", () => {
    expect(() => schannelStandIn({ cert: "x" } as never)).toThrow(
      "options: there is no option with this name of 4 characters",
    );
    expect(() => schannelStandIn({ certificate: { ...ecCertificate, key: "x" } })).toThrow("certificate.key: ");
    expect(() => schannelStandIn({ ca: "x" })).toThrow("ca: expected certificates in PEM, found none");
  });
});
