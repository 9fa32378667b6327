import type { DuplexOptions } from "node:stream";
import {
  type ClientContext,
  type ClientContextOptions,
  clientOptionNames,
  contextOptionHints,
  contextOptionNames,
  type ServerContextOptions,
} from "../contexts/index.ts";
import type { Credential } from "../credentials/index.ts";
import { checkBoolean, checkUint, type OptionNames, readOptions, shapeOf } from "../values/index.ts";
import type { CredentialSelection } from "./handshake.ts";
import type { ServerIdentityCheck } from "./server-identity.ts";

/** What both sides of a secure stream may say, besides what they ask of their context. */
export interface SecureStreamOptions
  extends Pick<DuplexOptions, "highWaterMark" | "readableHighWaterMark" | "writableHighWaterMark"> {
  /** Destroys the stream when it is aborted, in the handshake and after. */
  readonly signal?: AbortSignal;
  /**
   * After how many milliseconds a handshake that does not end is given up, also one that the peer asks for later;
   * 120,000 by default, 0 never.
   */
  readonly handshakeTimeout?: number;
  /** Whether this side may go on writing when the peer has closed; false by default, as with sockets. */
  readonly allowHalfOpen?: boolean;
  /**
   * Whether the transport's end is taken for the peer's, which did not say so. By default that is an error: anybody
   * on the way can cut a stream off. For peers and packages that have no closing message.
   */
  readonly allowMissingClose?: boolean;
}

/** Chooses a credential for what a server asks for. */
export type CredentialChoice = (context: ClientContext) => Promise<Credential | undefined> | Credential | undefined;

/** What a client of a secure stream may say. */
export interface SecureClientOptions extends SecureStreamOptions, ClientContextOptions {
  /**
   * Judges the server's certificate before `secure`, in place of the check that it is for `target`. Where the
   * credential says that validation is manual, nobody else judges it.
   */
  readonly checkServerIdentity?: ServerIdentityCheck;
  /**
   * Called when the server asks for a certificate that the credential does not have: what to go on with, or nothing to
   * go on without. Whom the server trusts is `context.query("issuerList")`. The caller closes what it answers; the
   * stream keeps it alive as long as it needs it.
   */
  readonly selectCredential?: CredentialChoice;
}

/** What a server of a secure stream may say. */
export interface SecureServerOptions extends SecureStreamOptions, ServerContextOptions {}

const protection = ["confidentiality", "stream"] as const;
const wanted = ["integrity", "sequenceDetect", "replayDetect", "extendedError"] as const;

const streamNames: OptionNames<SecureStreamOptions> = {
  highWaterMark: true,
  readableHighWaterMark: true,
  writableHighWaterMark: true,
  signal: true,
  handshakeTimeout: true,
  allowHalfOpen: true,
  allowMissingClose: true,
};
const clientNames: OptionNames<SecureClientOptions> = {
  ...streamNames,
  ...clientOptionNames,
  checkServerIdentity: true,
  selectCredential: true,
};
const serverNames: OptionNames<SecureServerOptions> = { ...streamNames, ...contextOptionNames };

/** A copy of what the caller of `SecureStream.connect` gives. @throws TypeError */
export function readClientOptions(options: SecureClientOptions): SecureClientOptions {
  return checkStream(readOptions<SecureClientOptions>(options, "options", clientNames, contextOptionHints));
}

/** A copy of what the caller of `SecureStream.accept` gives. @throws TypeError */
export function readServerOptions(options: SecureServerOptions): SecureServerOptions {
  return checkStream(readOptions<SecureServerOptions>(options, "options", serverNames, contextOptionHints));
}

/** What is of the stream and not of its handshake. Node shows what is wrong with its own options. @throws TypeError, RangeError */
export function checkStream<O extends SecureStreamOptions>(options: O): O {
  for (const name of ["allowHalfOpen", "allowMissingClose"] as const)
    if (options[name] !== undefined) checkBoolean(options[name], name);
  for (const name of ["highWaterMark", "readableHighWaterMark", "writableHighWaterMark"] as const)
    if (options[name] !== undefined) checkUint(options[name], name, 0x7fff_ffff);
  return options;
}

/** What the context is asked for: a stream that nobody reads, whatever else the caller wants. */
export function contextOptions<O extends ClientContextOptions | ServerContextOptions>(options: O): O {
  const own = Object.entries(options).filter(([name]) => Object.hasOwn(clientOptionNames, name));
  const { request = [], require = [] } = options;
  return {
    ...(Object.fromEntries(own) as O),
    request: [...wanted, ...checkFlagNames(request, "request")],
    require: [...protection, ...checkFlagNames(require, "require")],
  };
}

function checkFlagNames<N>(names: readonly N[], argument: string): readonly N[] {
  if (!Array.isArray(names)) throw new TypeError(`${argument}: expected an array of flag names, got ${shapeOf(names)}`);
  return names;
}

/** What makes the choice, and has the context go on with it. */
export function credentialSelection(
  context: ClientContext,
  choose: CredentialChoice | undefined,
): CredentialSelection | undefined {
  if (choose === undefined) return undefined;
  if (typeof choose !== "function")
    throw new TypeError(`selectCredential: expected a function, got ${shapeOf(choose)}`);
  return async () => {
    const credential = await choose(context);
    if (credential) context.useCredential(credential);
  };
}

/** In milliseconds; 0 is never. */
export function handshakeTime({ handshakeTimeout = 120_000 }: SecureStreamOptions): number {
  return checkUint(handshakeTimeout, "handshakeTimeout", 0x7fff_ffff);
}

/** What `Duplex` is given. */
export function duplexOptions(options: SecureStreamOptions): DuplexOptions {
  const { highWaterMark, readableHighWaterMark, writableHighWaterMark, allowHalfOpen = false } = options;
  return {
    allowHalfOpen,
    decodeStrings: true,
    ...(highWaterMark !== undefined && { highWaterMark }),
    ...(readableHighWaterMark !== undefined && { readableHighWaterMark }),
    ...(writableHighWaterMark !== undefined && { writableHighWaterMark }),
  };
}
