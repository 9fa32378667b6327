import { ClientContext, Credential } from "../../../src/index.ts";
import { schannelStandIn } from "../../../src/packages.ts";
import { TlsContext, type TlsEngine } from "../../../src/tls/index.ts";
import { ecCertificate, rootPem } from "../../fixtures/tls-certificates.ts";

export const versions = ["tls1.2", "tls1.3"] as const;

/** Schannel's stand-in as a client, and an engine as its server. */
export function ends(version: (typeof versions)[number], server = ecCertificate) {
  const host = schannelStandIn({ ca: rootPem });
  const credential = Credential.acquireSync({
    package: "Schannel",
    use: "outbound",
    provider: host.provider,
    schannel: { protocols: [version] },
  });
  const context = new TlsContext({ side: "server", certificate: server });
  return {
    host,
    context,
    client: () => new ClientContext(credential, { target: "localhost", require: ["confidentiality", "stream"] }),
    [Symbol.dispose]() {
      credential.close();
      context.close();
      host.close();
    },
  };
}

/** The server's answer to a client's token. */
export function answer(engine: TlsEngine, token: Uint8Array | undefined): Buffer {
  if (token) engine.feed(token);
  if (!engine.complete) engine.handshake();
  return engine.take();
}
