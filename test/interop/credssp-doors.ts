import { once } from "node:events";
import type { Duplex } from "node:stream";
import { type CredsspError, CredsspStream, credsspHost } from "../../src/credssp.ts";
import { Credential, SecureStream, type SecurityProvider } from "../../src/index.ts";
import type { TlsCertificate, TlsVersion } from "../../src/tls/index.ts";
import { BerReader } from "./ber.ts";
import type { RdpUser } from "./rdp-clients.ts";

/** Settings that both doors into CredSSP take. */
interface SharedSettings {
  readonly inner?: string;
  readonly innerProvider?: SecurityProvider;
  readonly protocols?: readonly TlsVersion[];
  readonly version?: number;
  readonly minimumVersion?: number;
}

export interface ClientSettings extends SharedSettings {
  readonly target: string;
  readonly identity: RdpUser;
  readonly delegate?: readonly string[];
  readonly allowNtlmTo?: readonly string[];
  readonly certificate?: string | ((certificate: Buffer) => boolean);
  readonly ca?: string;
}

export interface ServerSettings extends SharedSettings {
  readonly certificate: TlsCertificate;
  readonly winpr?: { readonly samFile: string };
}

/** Both ends of a connection that is secure now: `stream` carries RDP. */
export interface Connected extends AsyncDisposable {
  readonly stream: Duplex;
}

export interface Accepted extends Connected {
  /** The user who logged on, as the mechanism names him; undefined where it does not say. */
  readonly name: string | undefined;
  /** The user that the client delegates to the server. */
  readonly delegated: { readonly user: string; readonly domain: string; readonly password: string };
  /** Whether both are the same account; undefined where the door does not say. */
  readonly matches: boolean | undefined;
}

/** A way into CredSSP: the package `CREDSSP` of SSPI's functions, or the stream over node:tls. */
export interface CredsspDoor {
  readonly label: string;
  connect(transport: Duplex, settings: ClientSettings): Promise<Connected>;
  accept(transport: Duplex, settings: ServerSettings): Promise<Accepted>;
}

const streamDoor: CredsspDoor = {
  label: "CredsspStream",
  async connect(transport, settings) {
    const stream = await CredsspStream.connect(transport, settings);
    return { stream, [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose]() };
  },
  async accept(transport, settings) {
    const stream = await CredsspStream.accept(transport, settings);
    const { delegated } = stream;
    if (!delegated) throw new Error("nothing was delegated");
    const claim = delegated.use((domain, user, password) => ({ domain, user, password: password.toString("utf16le") }));
    return {
      stream,
      name: unlessUnknown(() => stream.peer.name),
      delegated: claim,
      matches: delegated.matches,
      [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
    };
  },
};

const packageDoor: CredsspDoor = {
  label: "the package CREDSSP",
  async connect(transport, { target, identity, ...settings }) {
    const host = credsspHost(settings);
    const credential = Credential.acquireSync({
      package: "CREDSSP",
      use: "outbound",
      provider: host.provider,
      credssp: { spnego: { domain: "", ...identity } },
    });
    const stream = SecureStream.connect(transport, credential, { target, allowMissingClose: true });
    return await secured(stream, () => {
      credential.close();
      host.close();
    });
  },
  async accept(transport, { certificate, winpr, ...settings }) {
    const host = credsspHost({ ...settings, server: { certificate, ...(winpr && { winpr }) } });
    const credential = Credential.acquireSync({ package: "CREDSSP", use: "inbound", provider: host.provider });
    const stream = SecureStream.accept(transport, credential, { allowMissingClose: true });
    const connected = await secured(stream, () => {
      credential.close();
      host.close();
    });
    const { context } = stream;
    const delegated = claimOf(Buffer.from(context.query("clientCredentials").AuthBuffer));
    const name = unlessUnknown(() => context.query("names").sUserName);
    return { ...connected, name, delegated, matches: undefined };
  },
};

/** A secure stream; the layers below it end with it. */
async function secured(stream: SecureStream, end: () => void): Promise<Connected> {
  const dispose = async (): Promise<void> => {
    await stream[Symbol.asyncDispose]();
    end();
  };
  try {
    await once(stream, "secure");
  } catch (error) {
    await dispose();
    throw error;
  }
  return { stream, [Symbol.asyncDispose]: dispose };
}

/** WinPR's Kerberos names nobody. */
function unlessUnknown(name: () => string): string | undefined {
  try {
    return name();
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === "SSPI_PEER_NAME" || code === "SEC_E_UNSUPPORTED_FUNCTION") return undefined;
    throw error;
  }
}

/** TSCredentials with a password. @see MS-CSSP, 2.2.1.2 */
function claimOf(credentials: Buffer): Accepted["delegated"] {
  const outer = new BerReader(credentials).enter(0x30);
  outer.take(0xa0);
  const fields = new BerReader(outer.enter(0xa1).take(0x04)).enter(0x30);
  const [domain = "", user = "", password = ""] = [0xa0, 0xa1, 0xa2].map((tag) =>
    Buffer.from(fields.enter(tag).take(0x04)).toString("utf16le"),
  );
  return { domain, user, password };
}

export const doors: readonly CredsspDoor[] = [packageDoor, streamDoor];

/** An error and its causes. */
function* causesOf(error: unknown): Generator<Error> {
  for (let next = error; next instanceof Error; next = next.cause) yield next;
}

/** The reason why a connection failed; the number is the server's, where it sent one. */
export async function failureOf(
  connecting: Promise<AsyncDisposable>,
): Promise<{ readonly code: unknown; readonly errorCode: unknown; readonly message: string }> {
  try {
    await using connected = await connecting;
    void connected;
  } catch (error) {
    const { code } = error as CredsspError;
    const causes = [...causesOf(error)];
    const said = causes.find((cause) => (cause as CredsspError).errorCode !== undefined) as CredsspError | undefined;
    return { code, errorCode: said?.errorCode, message: causes.map(({ message }) => message).join("\n") };
  }
  throw new Error("the connection did not fail");
}
