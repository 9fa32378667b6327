import type { StatusCode } from "../status/index.ts";

/** The part of a `node:diagnostics_channel` channel that this library uses. */
export interface TraceChannel<T> {
  readonly hasSubscribers: boolean;
  publish(trace: T): void;
  subscribe(onTrace: (trace: T) => void): void;
}

/** The fields of every trace. A trace contains no user names, no targets and no token bytes. */
export interface Trace {
  /** The package's name as the provider spells it; after a failed acquisition, as the caller gave it. */
  readonly package: string;
  /** The label of the provider that was loaded. Absent if an acquisition failed before the provider was chosen. */
  readonly provider?: string;
  /** The native function's status; if another error was thrown, the name of its class. */
  readonly status: StatusCode | (string & {});
  /** The time from the call to its end, in milliseconds, including the time in which other calls had their turn. */
  readonly duration: number;
  /** Whether it ran on the caller's thread. */
  readonly sync: boolean;
}

/** The message on the `node:diagnostics_channel` `sspi-ffi:acquire`, after an acquisition has ended. */
export interface AcquireTrace extends Trace {
  /** `"inbound"`, `"outbound"` or `"both"`; after a failed acquisition the shape of another value. */
  readonly use: string;
  /** Whether the credentials are those of the process's own user, or of a given identity. */
  readonly identity: "process" | "given";
}

/** The message on the `node:diagnostics_channel` `sspi-ffi:message`, after a message was protected or read. */
export interface MessageTrace extends Trace {
  /** The native function; a message of a stream may take several calls. */
  readonly operation: "EncryptMessage" | "DecryptMessage" | "MakeSignature" | "VerifySignature";
  /** The number of the context, which its legs have too. */
  readonly context: number;
  /** The size of all buffers passed to the function, in bytes: data, tokens and room for what it adds. */
  readonly size: number;
}

/** The message on the `node:diagnostics_channel` `sspi-ffi:shutdown`, after a context was shut down. */
export interface ShutdownTrace extends Trace {
  /** The number of the context, which its legs have too. */
  readonly context: number;
  /** Size of the closing message for the peer, in bytes; 0 for none. */
  readonly sent: number;
}

/** The message on the `node:diagnostics_channel` `sspi-ffi:http`, after an HTTP server has decided about a request. */
export interface HttpTrace {
  /**
   * `"user"` if a user sent it, `"response"` if it is refused or needs another leg; the other requests are not checked.
   */
  readonly verdict: "user" | "response" | "preflight" | "http1-required";
  /** The status of the response; 0 if the server's own handler responds. */
  readonly status: number;
  /** The package that authenticated the user; absent if there is none. */
  readonly package?: string;
  /** The time that the decision took, in milliseconds. */
  readonly duration: number;
  /** Whether it was decided without reading a token. */
  readonly sync: boolean;
}

/** The message on the `node:diagnostics_channel` `sspi-ffi:leg`, after a leg has ended. */
export interface LegTrace extends Trace {
  /** The side that made the leg. */
  readonly side: "client" | "server";
  /** The number of the context, which all its legs share. */
  readonly context: number;
  /** 1 for the first leg. A leg whose message was incomplete is repeated with the same number. */
  readonly leg: number;
  /** The size of the token that was passed to it, in bytes; 0 for none. */
  readonly received: number;
  /** Size of the token for the peer, in bytes; 0 for none. */
  readonly sent: number;
}
