import { describe, expect, it } from "vitest";
import { CredsspStream } from "../../src/credssp.ts";
import type { TlsCertificate } from "../../src/tls/index.ts";
import { ecCertificate, elsewhereCertificate, encryptedEcKey, rsaPfx } from "../fixtures/tls-certificates.ts";
import { credssp, ends, shake } from "./ends.ts";
import { established, pipes, rejection, serverOptions } from "./streams.ts";

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text));

const files = [
  ["a PFX, its password as bytes", () => ({ pfx: Uint8Array.from(rsaPfx), passphrase: bytes("pfx-passphrase") })],
  ["a PFX, its password as text", () => ({ pfx: rsaPfx, passphrase: "pfx-passphrase" })],
  [
    "PEM, whose key is encrypted",
    () => ({
      cert: bytes(ecCertificate.cert),
      key: bytes(encryptedEcKey),
      passphrase: bytes("key-passphrase"),
    }),
  ],
] as const satisfies readonly (readonly [string, () => TlsCertificate])[];

/** What the caller may do to its own bytes after it has passed them. */
function zero(certificate: TlsCertificate): void {
  for (const part of Object.values(certificate)) if (part instanceof Uint8Array && part !== rsaPfx) part.fill(0);
}

describe.each(files)("a server's certificate in %s", (_, certificateOf) => {
  it.each(["tls1.2", "tls1.3"] as const)("is the one whose key a stream proves, over %s", async (protocol) => {
    const certificate = certificateOf();
    const [client, server] = await established({ protocols: [protocol] }, { certificate });
    expect(server.peer.account).toBe("alice");
    expect(client.getPeerX509Certificate()?.subject).toMatch(/^CN=localhost/);
    zero(certificate);
    for (const stream of [client, server]) await stream[Symbol.asyncDispose]();
  });

  it("is the one whose key the package proves, also when the caller has zeroed its own bytes", () => {
    const certificate = certificateOf();
    const host = credssp({ server: { certificate } });
    zero(certificate);
    using pair = ends(host);
    shake(pair);
    expect(pair.server.peer().account).toBe("alice");
  });
});

describe("a server's certificate that cannot be used", () => {
  it.each([
    [{ pfx: rsaPfx, passphrase: "a-wrong-word" }, /^certificate: it cannot be used: mac verify failure/],
    [{ pfx: Buffer.from("no PFX") }, /^certificate: it cannot be used: /],
    [{ ...ecCertificate, key: encryptedEcKey, passphrase: "a-wrong-word" }, /^certificate\.key: cannot be opened: /],
    [{ ...ecCertificate, key: elsewhereCertificate.key }, /^certificate: it cannot be used: key values mismatch/],
    [{ cert: "nonsense", key: ecCertificate.key }, /^certificate\.cert: expected a certificate in PEM/],
  ] as const)(
    "E8: is refused by a stream, which leaves the transport alone and shows nothing secret: %#",
    async (certificate, why) => {
      const [, other] = pipes();
      const error = await rejection(CredsspStream.accept(other, serverOptions({ certificate })));
      expect(error.message).toMatch(why);
      expect(`${error.stack} ${String(error.cause)}`).not.toMatch(/a-wrong-word|PRIVATE KEY/);
      expect(other.destroyed).toBe(false);
    },
  );
});
