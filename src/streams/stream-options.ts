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
import { checkArray, checkBoolean, checkUint, type OptionNames, readOptions, shapeOf } from "../values/index.ts";
import type { CredentialSelection } from "./handshake.ts";
import type { ServerIdentityCheck } from "./server-identity.ts";

/** Options of both sides of a secure stream, in addition to those of the context. */
export interface SecureStreamOptions
  extends Pick<DuplexOptions, "highWaterMark" | "readableHighWaterMark" | "writableHighWaterMark"> {
  /** Destroys the stream when it is aborted, during the handshake and after it. */
  readonly signal?: AbortSignal;
  /**
   * The time limit of each handshake in milliseconds, also of a later one that the peer asks for; 120,000 by default, 0
   * for none.
   */
  readonly handshakeTimeout?: number;
  /** Whether this side may continue to write after the peer has closed; false by default, as with sockets. */
  readonly allowHalfOpen?: boolean;
  /**
   * Whether to accept a transport that ends without the peer's closing message. By default that is an error, because
   * anybody on the way can cut a stream off. For peers and packages that have no closing message.
   */
  readonly allowMissingClose?: boolean;
}

/** Chooses a credential that satisfies a server's request. */
export type CredentialChoice = (context: ClientContext) => Promise<Credential | undefined> | Credential | undefined;

/** Options of a client of a secure stream. */
export interface SecureClientOptions extends SecureStreamOptions, ClientContextOptions {
  /**
   * Checks the server's certificate before `secure`, in place of the check that it is for `target`. If the credential
   * says that validation is manual, this is the only check.
   */
  readonly checkServerIdentity?: ServerIdentityCheck;
  /**
   * Called when the server asks for a certificate that the credential does not have. Returns the credential to continue
   * with, or undefined to continue without one. `context.query("issuerList")` returns the issuers that the server
   * trusts. The caller closes the returned credential; the stream keeps it alive as long as it needs it.
   */
  readonly selectCredential?: CredentialChoice;
}

/** Options of a server of a secure stream. */
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

/** Returns a copy of the options that the caller of `SecureStream.connect` passes. @throws TypeError */
export function readClientOptions(options: SecureClientOptions): SecureClientOptions {
  return checkStream(readOptions<SecureClientOptions>(options, "options", clientNames, contextOptionHints));
}

/** Returns a copy of the options that the caller of `SecureStream.accept` passes. @throws TypeError */
export function readServerOptions(options: SecureServerOptions): SecureServerOptions {
  return checkStream(readOptions<SecureServerOptions>(options, "options", serverNames, contextOptionHints));
}

/**
 * Checks the options of the stream itself, not those of its handshake. Node checks the options of its streams.
 *
 * @throws TypeError, RangeError
 */
export function checkStream<O extends SecureStreamOptions>(options: O): O {
  for (const name of ["allowHalfOpen", "allowMissingClose"] as const)
    if (options[name] !== undefined) checkBoolean(options[name], name);
  for (const name of ["highWaterMark", "readableHighWaterMark", "writableHighWaterMark"] as const)
    if (options[name] !== undefined) checkUint(options[name], name, 0x7fff_ffff);
  return options;
}

const flagNames = "an array of flag names";

/** The options of the context, with the flags that a stream requires in addition to the caller's. */
export function contextOptions<O extends ClientContextOptions | ServerContextOptions>(options: O): O {
  const own = Object.entries(options).filter(([name]) => Object.hasOwn(clientOptionNames, name));
  const { request = [], require = [] } = options;
  return {
    ...(Object.fromEntries(own) as O),
    request: [...wanted, ...checkArray<(typeof request)[number]>(request, "request", flagNames)],
    require: [...protection, ...checkArray<(typeof require)[number]>(require, "require", flagNames)],
  };
}

/** Runs selectCredential and gives its result to the context. */
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

/** The time limit of a handshake in milliseconds; 0 is none. */
export function handshakeTime({ handshakeTimeout = 120_000 }: SecureStreamOptions): number {
  return checkUint(handshakeTimeout, "handshakeTimeout", 0x7fff_ffff);
}

/** The options for `Duplex`. */
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
