import { createInterface } from "node:readline";
import { ClientContext, Credential, gssapiProvider, ServerContext } from "../../src/index.ts";

/**
 * This library over GSSAPI as a peer of others: one JSON command per line, one JSON answer per line, as in
 * gssapi-peer.py; bytes are hexadecimal.
 */
interface Command {
  readonly command: string;
  readonly token?: string;
  readonly signature?: string;
  readonly mechanism?: "krb5" | "spnego";
  readonly target?: string;
  readonly bindings?: string;
  readonly dce?: boolean;
}

const provider = gssapiProvider();
const flags = ["mutualAuth", "confidentiality", "integrity", "sequenceDetect", "replayDetect"] as const;
let context: ClientContext | ServerContext | undefined;

function begin({ command, mechanism, target = "HTTP/localhost", bindings, dce = false }: Command): object {
  context?.close();
  const use = command === "accept" ? "inbound" : "outbound";
  using credential = Credential.acquireSync({
    package: mechanism === "krb5" ? "Kerberos" : "Negotiate",
    use,
    provider,
  });
  const bound = bindings === undefined ? {} : { channelBindings: { applicationData: Buffer.from(bindings) } };
  const request = dce ? ([...flags, "useDceStyle"] as const) : flags;
  context =
    use === "inbound"
      ? new ServerContext(credential, { request, ...bound })
      : new ClientContext(credential, { target, request, ...bound });
  return {};
}

function established(): ClientContext | ServerContext {
  if (!context) throw new Error("there is no context");
  return context;
}

async function step(token: Buffer): Promise<object> {
  const side = established();
  const given = side instanceof ClientContext && token.length === 0 ? undefined : token;
  const leg = await (side as ClientContext).step(given);
  return { token: leg.token?.toString("hex") ?? "", complete: leg.status === "complete" };
}

/** Token and data, one after the other. */
function seal(data: Buffer): object {
  const token = Buffer.alloc(established().query("sizes").cbSecurityTrailer);
  const used = established().encryptInPlace(token, data);
  return { token: Buffer.concat([token.subarray(0, used), data]).toString("hex") };
}

function unseal(sealed: Buffer): object {
  const size = established().query("sizes").cbSecurityTrailer;
  const data = Buffer.from(sealed.subarray(size));
  const length = established().decryptInPlace(sealed.subarray(0, size), data);
  return { token: data.subarray(0, length).toString("hex") };
}

async function answer(command: Command): Promise<object> {
  const bytes = Buffer.from(command.token ?? "", "hex");
  switch (command.command) {
    case "initiate":
    case "accept":
      return begin(command);
    case "step":
      return await step(bytes);
    case "name":
      return { name: established().peer().name };
    case "sign":
      return { token: established().sign(bytes).toString("hex") };
    case "verify":
      established().verify(bytes, Buffer.from(command.signature ?? "", "hex"));
      return {};
    case "seal":
      return seal(bytes);
    case "unwrap":
      return unseal(bytes);
    default:
      throw new Error(`there is no command ${command.command}`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(JSON.parse(line)).catch((error: Error) => ({ error: error.message }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
context?.close();
