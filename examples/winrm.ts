import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { ClientContext, Credential } from "sspi-ffi";
import { type CredsspHostOptions, credsspHost } from "sspi-ffi/credssp";

export interface WinrmCall extends Omit<CredsspHostOptions, "delegate" | "protocols" | "server"> {
  readonly url: URL;
  readonly identity: { readonly user: string; readonly domain: string; readonly password: string };
  /** A message of WS-Management. */
  readonly envelope: string;
}

const boundary = "Encrypted Boundary";
const encrypted = "application/HTTP-CredSSP-session-encrypted";

/**
 * One call of WinRM, whose server can go on as the user. Tokens travel in headers of one connection, in turns: TLS 1.2
 * keeps to that, and TLS 1.3 does not. @throws Error where the server answers with something else
 */
export async function callWinrm({ url, identity, envelope, ...options }: WinrmCall): Promise<string> {
  const target = `HTTP/${url.hostname}`;
  using host = credsspHost({ ...options, delegate: [target], protocols: ["tls1.2"] });
  const outbound = { package: "CREDSSP", use: "outbound", provider: host.provider } as const;
  using credential = await Credential.acquire({ ...outbound, credssp: { spnego: identity } });
  using context = new ClientContext(credential, { target, require: ["confidentiality", "stream"] });
  // A context belongs to one connection.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    await logOn(context, agent, url);
    const { cbTrailer } = context.query("streamSizes");
    const sealed = seal(context.encrypt(Buffer.from(envelope)), cbTrailer, Buffer.byteLength(envelope));
    const type = `multipart/x-multi-encrypted;protocol="${encrypted}";boundary="${boundary}"`;
    const answer = await post(agent, url, { "Content-Type": type }, sealed);
    if (answer.status !== 200) throw new Error(`the server answers ${answer.status}`);
    const opened = context.decryptStream(unseal(answer.body));
    if (opened.status !== "data") throw new Error(`the server's answer is ${opened.status}`);
    return opened.data.toString();
  } finally {
    agent.destroy();
  }
}

async function logOn(context: ClientContext, agent: Agent, url: URL): Promise<void> {
  for (let leg = await context.step(); ; ) {
    const sent = leg.token?.toString("base64") ?? "";
    const { status, challenge } = await post(agent, url, { Authorization: `CredSSP ${sent}` });
    if (leg.status === "complete" && status === 200) return;
    const token = /^CredSSP (\S+)$/.exec(challenge)?.[1];
    if (status !== 401 || !token) throw new Error(`the server answers ${status} and no token`);
    leg = await context.step(Buffer.from(token, "base64"));
  }
}

/** What WinRM puts around a sealed message: its length before it was sealed, and how much of it is no data. */
export function seal(message: Buffer, trailer: number, length: number): Buffer {
  const head = `--${boundary}\r\n\tContent-Type: ${encrypted}\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=${length}\r\n--${boundary}\r\n\tContent-Type: application/octet-stream\r\n`;
  const size = Buffer.alloc(4);
  size.writeUInt32LE(trailer);
  return Buffer.concat([Buffer.from(head), size, message, Buffer.from(`--${boundary}--\r\n`)]);
}

/** The sealed message. @throws Error where it is not there */
export function unseal(body: Buffer): Buffer {
  const start = body.indexOf("application/octet-stream\r\n");
  const end = body.lastIndexOf(`--${boundary}--`);
  if (start < 0 || end < start) throw new Error("the message is not sealed");
  return body.subarray(start + "application/octet-stream\r\n".length + 4, end);
}

async function post(agent: Agent, url: URL, headers: Readonly<Record<string, string>>, body: Buffer = Buffer.alloc(0)) {
  const sent = request(url, { agent, method: "POST", headers: { ...headers, "Content-Length": body.length } });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  const challenge = response.headers["www-authenticate"] ?? "";
  return { status: response.statusCode ?? 0, challenge, body: Buffer.concat(parts) };
}
