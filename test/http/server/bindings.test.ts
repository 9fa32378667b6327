import { createSecureContext, type TLSSocket, type TlsOptions } from "node:tls";
import { describe, expect, it } from "vitest";
import { serverEndPoint } from "../../../src/index.ts";
import { ed25519Certificate } from "../../fixtures/ed25519-certificate.ts";
import { localhostPassword, localhostPfx } from "../../fixtures/localhost-certificate.ts";
import { rsaCertificate } from "../../fixtures/tls-certificates.ts";
import { guardedServer } from "./guarded-server.ts";
import { RawConnection } from "./raw-connection.ts";

const tls = { pfx: localhostPfx, passphrase: localhostPassword };

/** The bindings that a client computes from the certificate that it received. */
function boundTo({ socket }: RawConnection): string {
  const { applicationData } = serverEndPoint((socket as TLSSocket).getPeerCertificate().raw);
  return Buffer.from(applicationData).toString("hex");
}

describe("channel bindings of a server on TLS", () => {
  it.each([
    ["required", 200, 401, 401],
    ["when-sent", 200, 401, 200],
    ["off", 200, 200, 200],
  ] as const)(
    "S12 are answered where they are %s: right ones with %i, those of another connection with %i, none with %i",
    async (bindings, right, wrong, none) => {
      await using server = await guardedServer({ bindings }, { tls });
      const client = await server.connect();
      expect((await client.get(`ticket alice ${boundTo(client)}`)).status).toBe(right);
      expect((await client.get(`ticket alice ${boundTo(client)}`)).status).toBe(right);
      expect((await client.get("ticket alice 0123")).status).toBe(wrong);
      expect((await client.get("ticket alice")).status).toBe(none);
      expect(new Set(server.refusals.map(({ reason }) => reason))).toEqual(
        new Set(bindings === "off" ? [] : ["wrong-channel"]),
      );
    },
  );

  it("S12 a server of several certificates compares with the one that this connection was shown", async () => {
    const other = createSecureContext(rsaCertificate);
    const SNICallback: TlsOptions["SNICallback"] = (_, show) => show(null, other);
    await using server = await guardedServer({ bindings: "required" }, { tls: { ...tls, SNICallback } as TlsOptions });
    using named = await RawConnection.open(server.port, { tls: true, servername: "localhost" });
    using nameless = await server.connect();
    expect(boundTo(named)).not.toBe(boundTo(nameless));
    expect((await named.get(`ticket alice ${boundTo(nameless)}`)).status).toBe(401);
    expect((await named.get(`ticket alice ${boundTo(named)}`)).status).toBe(200);
    expect((await nameless.get(`ticket alice ${boundTo(named)}`)).status).toBe(401);
    expect((await nameless.get(`ticket alice ${boundTo(nameless)}`)).status).toBe(200);
  });

  it("S12 a client without TLS is refused where they are required", async () => {
    await using server = await guardedServer({ bindings: "required" });
    expect((await (await server.connect()).get("ticket alice")).status).toBe(401);
    expect(server.refusals).toMatchObject([{ reason: "unbound-connection" }]);
  });

  it.each([
    ["required", 401],
    ["when-sent", 401],
    ["off", 200],
  ] as const)(
    "S12 are not left out for a certificate for which none are defined: %s gets %i",
    async (bindings, status) => {
      await using server = await guardedServer({ bindings }, { tls: ed25519Certificate });
      expect((await (await server.connect()).get("ticket alice")).status).toBe(status);
      if (status === 401) expect(server.refusals).toMatchObject([{ reason: "unbound-connection" }]);
    },
  );
});
