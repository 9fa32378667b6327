import { expect, it } from "vitest";
import { ClientContext, Credential, type MessageBuffer, type SecurityProvider } from "../../src/index.ts";
import { everything, freshTickets } from "../live/kerberos.ts";
import { describeKerberos } from "../live/kerberos-providers.ts";
import { GssapiPeer } from "./peer.ts";

/** Our client, authenticated by MIT's server. */
async function clientOf(provider: SecurityProvider, peer: GssapiPeer): Promise<ClientContext> {
  using credential = Credential.acquireSync({ package: "Kerberos", use: "outbound", provider });
  const client = new ClientContext(credential, { target: "HTTP/localhost", request: everything });
  await peer.ask({ command: "accept" });
  for (let leg = await client.step(); leg.token && leg.token.length > 0; ) {
    const answer = await peer.bytes("step", leg.token);
    if (answer.length === 0) break;
    leg = await client.step(answer);
  }
  return client;
}

const room = (client: ClientContext): Buffer => Buffer.alloc(client.query("sizes").cbSecurityTrailer + 32);
const data = (text: string): MessageBuffer => ({ type: "data", bytes: Buffer.from(text) });

describeKerberos(
  (label) => `MIT's GSSAPI and messages of several buffers of ${label}`,
  ({ provider, first, onePiece }) => {
    freshTickets();

    it("opens what was sealed in several buffers as one message", async () => {
      await using peer = new GssapiPeer();
      using client = await clientOf(provider, peer);
      const list = [
        data("sealed in "),
        data("several "),
        data("buffers"),
        { type: "token", bytes: room(client) } as const,
      ];
      const parts = client.encryptBuffers(list).map(({ bytes }) => bytes);
      const [token, ...bodies] = [parts[3] as Buffer, ...parts.slice(0, 3)];
      const whole = Buffer.concat(first === "token" ? [token, ...bodies] : [...bodies, token]);
      expect((await peer.bytes("unwrap", whole)).toString()).toBe("sealed in several buffers");
    });

    it("verifies a signature of several buffers, read-only or not, and signs so that we verify", async () => {
      await using peer = new GssapiPeer();
      using client = await clientOf(provider, peer);
      const message = Buffer.from("header and body");
      const list: MessageBuffer[] = [{ ...data("header "), access: "readonlyWithChecksum" }, data("and body")];
      const signature = client.signBuffers([...list, { type: "token" }])[2]?.bytes as Buffer;
      await peer.bytes("verify", message, { signature: signature.toString("hex") });
      const theirs = await peer.bytes("sign", message);
      expect(client.verifyBuffers([...list, { type: "token", bytes: theirs }])).toEqual({
        code: "SEC_E_OK",
        quality: 0,
      });
      const other = await peer.bytes("sign", Buffer.from("header, no body"));
      expect(() => client.verifyBuffers([...list, { type: "token", bytes: other }])).toThrow(
        expect.objectContaining({ operation: "VerifySignature" }),
      );
    });

    it("reads a message that everybody may read, and so do we, where the provider has that quality", async () => {
      await using peer = new GssapiPeer();
      using client = await clientOf(provider, peer);
      const text = "for everybody";
      const list: MessageBuffer[] = [data(text), { type: "token", bytes: room(client) }];
      if (provider.kind === "winpr") {
        const refused = (): unknown => client.encryptBuffers(list, { quality: "wrapNoEncrypt" });
        expect(refused).toThrow("SEC_E_QOP_NOT_SUPPORTED");
        return;
      }
      const [body, token] = client.encryptBuffers(list, { quality: "wrapNoEncrypt" }).map(({ bytes }) => bytes);
      const parts = [token as Buffer, body as Buffer];
      const readable = Buffer.concat(first === "token" ? parts : parts.reverse());
      expect(readable.includes(text)).toBe(true);
      expect((await peer.bytes("unwrap-readable", readable)).toString()).toBe(text);
      const theirs = async (): Promise<MessageBuffer[]> => {
        const wrapped = await peer.bytes("sign-only", Buffer.from(text));
        if (onePiece) return [{ type: "data" }, { type: "stream", bytes: wrapped }];
        return [
          { type: "data", bytes: wrapped.subarray(0, text.length) },
          { type: "token", bytes: wrapped.subarray(text.length) },
        ];
      };
      const message = await theirs();
      expect(() => client.decryptBuffers(message)).toThrow(expect.objectContaining({ code: "SSPI_NOT_ENCRYPTED" }));
      const opened = client.decryptBuffers(await theirs(), { allowUnencrypted: true });
      expect(opened).toMatchObject({ encrypted: false, quality: 0x8000_0001 });
      expect(opened.parts[0]?.bytes.toString()).toBe(text);
    });
  },
);
