import {
  SCHANNEL_ALERT,
  SCHANNEL_RENEGOTIATE,
  SCHANNEL_SESSION,
  SCHANNEL_SHUTDOWN,
  SSL_SESSION_DISABLE_RECONNECTS,
  SSL_SESSION_ENABLE_RECONNECTS,
  TLS1_ALERT,
  TLS1_ALERT_FATAL,
  TLS1_ALERT_WARNING,
} from "../../generated/schannel/constants.ts";
import { SCHANNEL_ALERT_TOKEN, SCHANNEL_SESSION_TOKEN } from "../../generated/schannel/structs.ts";
import { SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { hostAbi, type Struct } from "../ctypes/index.ts";
import { type SharedHandle, withWorkspace } from "../memory/index.ts";
import { check } from "../status/index.ts";
import { checkBytes, checkKey, checkName, isBytes, type OptionNames, readOptions, shapeOf } from "../values/index.ts";

/**
 * An instruction to Schannel for a connection. Each takes effect at the next leg, which makes the bytes for the peer.
 *
 * - `shutdown`: end it with close_notify; `context.shutdown()` does both.
 * - `renegotiate`: agree on new keys.
 * - `alert`: send an alert; a fatal one ends the connection.
 * - `session`: whether the session may be resumed by later connections.
 */
export type ControlToken =
  | {
      /** The kind of instruction. */
      readonly type: "shutdown";
    }
  | { readonly type: "renegotiate" }
  | {
      readonly type: "alert";
      /** A fatal alert ends the connection. */
      readonly level: "warning" | "fatal";
      /** `TLS1_ALERT_*` by name. */
      readonly alert: keyof typeof TLS1_ALERT;
    }
  | {
      readonly type: "session";
      /** Whether later connections may resume the session. */
      readonly reconnects: boolean;
    };

const kinds = {
  shutdown: () => tokenType(SCHANNEL_SHUTDOWN),
  renegotiate: () => tokenType(SCHANNEL_RENEGOTIATE),
  alert: alertToken,
  session: sessionToken,
} as const;

const tokenNames: { readonly [T in ControlToken["type"]]: OptionNames<Extract<ControlToken, { type: T }>> } = {
  shutdown: { type: true },
  renegotiate: { type: true },
  alert: { type: true, level: true, alert: true },
  session: { type: true, reconnects: true },
};

/**
 * Returns the bytes of a token.
 *
 * @throws TypeError or RangeError naming what is wrong with the token.
 */
export function readControlToken(token: Uint8Array | ControlToken): Uint8Array {
  return isBytes(token) ? checkBytes(token, "token") : controlTokenBytes(token);
}

/** Gives the package the bytes of a token that does not come from its peer. @throws SspiError */
export function applyControlToken({ provider, slot }: SharedHandle, bytes: Uint8Array): void {
  withWorkspace(({ arena, message }) => {
    const room = arena.write(bytes);
    message.length = 1;
    message.set(0, SECBUFFER_TOKEN, room.address, bytes.length);
    check("ApplyControlToken", provider.ApplyControlToken(slot.address, message.address), provider);
  });
}

function controlTokenBytes(token: ControlToken): Uint8Array {
  if (typeof token !== "object" || token === null)
    throw new TypeError(`token: expected a Uint8Array or { type: … }, got ${shapeOf(token)}`);
  const type = checkKey(token.type, "token.type", kinds);
  const write = kinds[type] as (token: ControlToken) => Uint8Array;
  return write(readOptions<ControlToken>(token, "token", tokenNames[type] as OptionNames<ControlToken>));
}

/** A control token that consists of its type only. */
function tokenType(type: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(type).buffer);
}

function alertToken({ level, alert }: Extract<ControlToken, { type: "alert" }>): Uint8Array {
  const fatal = checkName(level, "token.level", ["warning", "fatal"]) === "fatal";
  return written(SCHANNEL_ALERT_TOKEN, {
    dwTokenType: SCHANNEL_ALERT,
    dwAlertType: fatal ? TLS1_ALERT_FATAL : TLS1_ALERT_WARNING,
    dwAlertNumber: TLS1_ALERT[checkKey(alert, "token.alert", TLS1_ALERT)],
  });
}

function sessionToken({ reconnects }: Extract<ControlToken, { type: "session" }>): Uint8Array {
  if (typeof reconnects !== "boolean")
    throw new TypeError(`token.reconnects: expected a boolean, got ${typeof reconnects}`);
  return written(SCHANNEL_SESSION_TOKEN, {
    dwTokenType: SCHANNEL_SESSION,
    dwFlags: reconnects ? SSL_SESSION_ENABLE_RECONNECTS : SSL_SESSION_DISABLE_RECONNECTS,
  });
}

function written<T>(type: Struct<T>, value: T): Uint8Array {
  const bytes = new Uint8Array(type.layouts[hostAbi].size);
  type.write(new DataView(bytes.buffer), value as Partial<T>);
  return bytes;
}
