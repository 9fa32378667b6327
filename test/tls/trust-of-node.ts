import { TlsContext, TlsEngine } from "../../src/tls/index.ts";
import { ecCertificate } from "../fixtures/tls-certificates.ts";

/** Prints the outcome of a handshake between a client without `ca` and a server below the tests' root. */
using outbound = new TlsContext({ side: "client" });
using inbound = new TlsContext({ side: "server", certificate: ecCertificate });
using client = new TlsEngine(outbound, { servername: "localhost" });
using server = new TlsEngine(inbound);
try {
  while (!(client.complete && server.complete)) {
    client.handshake();
    server.feed(client.take());
    server.handshake();
    client.feed(server.take());
  }
  console.log("trusted");
} catch (error) {
  console.log((error as { failure?: string }).failure ?? String(error));
}
