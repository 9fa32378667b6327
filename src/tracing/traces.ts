import type { StatusCode } from "../status/index.ts";

/** What a channel of `node:diagnostics_channel` is asked for here. */
export interface TraceChannel<T> {
  readonly hasSubscribers: boolean;
  publish(trace: T): void;
  subscribe(onTrace: (trace: T) => void): void;
}

/** What every trace tells. Has no names of users, no targets and no bytes of tokens. */
export interface Trace {
  /** As the provider spells it, or, of a failed acquisition, as it was asked for. */
  readonly package: string;
  /** The provider's label: what was loaded. Absent where an acquisition failed before it was chosen. */
  readonly provider?: string;
  /** What the native function answered; where something else was thrown, the name of that error. */
  readonly status: StatusCode | (string & {});
  /** From the call until it was over, in milliseconds: the time in which others had their turn too. */
  readonly duration: number;
  /** Whether it ran on the caller's thread. */
  readonly sync: boolean;
}

/** What `node:diagnostics_channel` has on `sspi-ffi:acquire`, once an acquisition is over. */
export interface AcquireTrace extends Trace {
  /** `"inbound"`, `"outbound"` or `"both"`. */
  readonly use: string;
  /** Whether it was of the process's own user, or of an identity that was given. */
  readonly identity: "process" | "given";
}

/** What `node:diagnostics_channel` has on `sspi-ffi:message`, once a message was protected, or read. */
export interface MessageTrace extends Trace {
  /** The native function that did it; a message of a stream may take several calls. */
  readonly operation: "EncryptMessage" | "DecryptMessage" | "MakeSignature" | "VerifySignature";
  /** The number that the legs of the context have too. */
  readonly context: number;
  /** Size of all buffers that the function was given, in bytes: data, tokens and room for what it adds. */
  readonly size: number;
}

/** What `node:diagnostics_channel` has on `sspi-ffi:shutdown`, once a context was shut down. */
export interface ShutdownTrace extends Trace {
  /** The number that the legs of the context have too. */
  readonly context: number;
  /** Size of the closing message for the peer, in bytes; 0 for none. */
  readonly sent: number;
}

/** What `node:diagnostics_channel` has on `sspi-ffi:http`, once an HTTP server knows what is to become of a request. */
export interface HttpTrace {
  /** `"user"` where somebody sent it, `"response"` where it is refused or asked for more; the others are not looked at. */
  readonly verdict: "user" | "response" | "preflight" | "http1-required";
  /** The status of the response; 0 where the server's own handler answers. */
  readonly status: number;
  /** The package that authenticated the user; absent where there is none. */
  readonly package?: string;
  /** From the question until the answer, in milliseconds. */
  readonly duration: number;
  /** Whether it was known without looking at a token. */
  readonly sync: boolean;
}

/** What `node:diagnostics_channel` has on `sspi-ffi:leg`, once a leg is over. */
export interface LegTrace extends Trace {
  /** Whose leg it was. */
  readonly side: "client" | "server";
  /** A number that the legs of one context have in common. */
  readonly context: number;
  /** 1 for the first leg. A leg whose message is not all there is taken again under the same number. */
  readonly leg: number;
  /** Size of the token that was given, in bytes; 0 for none. */
  readonly received: number;
  /** Size of the token for the peer, in bytes; 0 for none. */
  readonly sent: number;
}
