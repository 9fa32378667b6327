import { once } from "node:events";
import { realpathSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { pathToFileURL } from "node:url";
import { Credential, type SchannelOptions, SecureStream } from "sspi-ffi";

export interface Page {
  readonly status: number;
  readonly body: string;
  /** Whom the server's certificate is for. */
  readonly server: string;
}

/** An HTTPS GET with Windows' own TLS: its certificates, its protocols, its policies. */
export async function get(url: URL, schannel: SchannelOptions = {}): Promise<Page> {
  using credential = Credential.acquireSync({ package: "Schannel", use: "outbound", schannel });
  const socket = connect(Number(url.port || 443), url.hostname);
  await using stream = SecureStream.connect(socket, credential, {
    target: url.hostname,
    applicationProtocols: ["http/1.1"],
    signal: AbortSignal.timeout(30_000),
  });
  const sent = request(url, { protocol: "http:", createConnection: () => stream }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const server = stream.getPeerX509Certificate()?.subject ?? "nobody";
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { status: response.statusCode ?? 0, body: Buffer.concat(parts).toString(), server };
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync.native(process.argv[1])).href) {
  const { status, body, server } = await get(new URL(process.argv[2] ?? "https://www.microsoft.com/"));
  console.log(`${status} from ${server}, ${body.length} characters`);
}
