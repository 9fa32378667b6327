import { request } from "undici";
import { describe, expect, it } from "vitest";
import { NegotiateDispatcher, type NegotiateDispatcherOptions } from "../../src/http-undici.ts";
import { freshTickets } from "../live/kerberos.ts";
import { describeKerberos } from "../live/kerberos-providers.ts";
import { boundServer, openssl } from "./peer.ts";

const net = { family: 4, autoSelectFamily: false, keepAlive: false } as const;

const key = { rsa: ["-newkey", "rsa:2048"], p384: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"] };
const pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"];

/** A self-signed certificate for localhost, after its key. */
async function certificate(...args: readonly string[]): Promise<string> {
  const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"];
  const text = await openssl("req", "-x509", "-nodes", ...name, ...args, "-keyout", "-", "-out", "-");
  const blocks = text.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----\n/g) ?? [];
  if (blocks.length !== 2) throw new Error(`openssl: ${text}`);
  return blocks.join("");
}

/** The server's answers to a few requests over one connection. */
async function ask(
  pem: string,
  hash: string,
  options: Partial<NegotiateDispatcherOptions>,
): Promise<readonly string[]> {
  await using server = await boundServer(pem, hash);
  const { origin } = server;
  const tls = { ...net, ca: pem };
  await using dispatcher = new NegotiateDispatcher({ origins: [origin], connections: 1, tls, ...options });
  const answers: string[] = [];
  for (const _ of [1, 2, 3]) {
    const { statusCode, body } = await request(origin, { dispatcher });
    answers.push(`${statusCode} ${await body.text()}`);
  }
  return answers;
}

describeKerberos(
  (label) => `NegotiateDispatcher with Kerberos on ${label}, and a server of MIT's GSSAPI that insists on bindings`,
  ({ provider }) => {
    freshTickets();

    describe.each([
      ["SHA-256", "sha256", [...key.rsa, "-sha256"]],
      ["ECDSA with SHA-384", "sha384", [...key.p384, "-sha384"]],
      ["RSA-PSS with SHA-512", "sha512", [...key.rsa, "-sha512", ...pss]],
    ])("with a certificate of %s", (_, hash, args) => {
      it("S12 each handshake of a TLS connection is bound, those after the first too", async () => {
        const answers = await ask(await certificate(...args), hash, { provider });
        expect(answers).toEqual([1, 2, 3].map((count) => `200 alice@EXAMPLE.TEST bound ${count}`));
      });
    });

    it("S12 bindings to another certificate are refused, and so is a client without any", async () => {
      const pem = await certificate(...key.p384, "-sha256");
      expect(await ask(pem, "sha1", { provider })).toEqual([1, 2, 3].map(() => "401 BadChannelBindingsError"));
      const unbound = await ask(pem, "sha256", { provider, bindings: "off" });
      expect(unbound).toEqual([1, 2, 3].map(() => "401 unbound"));
    });
  },
  ({ binds }) => binds.client,
);
