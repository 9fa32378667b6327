import type { Socket } from "node:net";
import { HttpAuthenticationError } from "../http-authentication-error.ts";

/** The most bytes that are read of a response to CONNECT. */
const longestHead = 1 << 16;
const longestBody = 1 << 20;

export interface ResponseHead {
  readonly status: number;
  /** Values by name in lower case. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** Whether nothing more can follow on this connection. */
  readonly ends: boolean;
}

/** Reads the response to a CONNECT and, unless it opens the tunnel, its body; any later bytes stay in the socket. */
export function readResponse(socket: Socket): Promise<ResponseHead> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const finish = (act: () => void): void => {
      socket.off("data", take).off("close", end).off("end", end).off("error", end).pause();
      act();
    };
    const end = (cause?: unknown): void =>
      finish(() => reject(new HttpAuthenticationError("connection-lost", cause instanceof Error ? { cause } : {})));
    const take = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      try {
        const response = parse(received);
        if (!response) return;
        finish(() => {
          const rest = received.subarray(response.size);
          if (rest.length > 0 && !response.head.ends) socket.unshift(rest);
          resolve(response.head);
        });
      } catch (error) {
        finish(() => reject(error));
      }
    };
    // A paused socket that closes emits no `end`.
    if (socket.destroyed) end(socket.errored);
    else socket.on("data", take).once("end", end).once("close", end).once("error", end).resume();
  });
}

/** Returns the response with its size in bytes, body included; undefined while bytes are missing. */
function parse(received: Buffer): { readonly head: ResponseHead; readonly size: number } | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0 ? received.length > longestHead : end > longestHead)
    throw new HttpAuthenticationError("challenge-too-long");
  if (end < 0) return undefined;
  const [first = "", ...lines] = received.toString("latin1", 0, end).split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1]);
  const fields = fieldsOf(lines);
  if (!status || !fields)
    throw new HttpAuthenticationError("malformed-header", { detail: "the proxy does not speak HTTP/1.1" });
  const opens = status >= 200 && status < 300;
  const length = opens || status < 200 ? 0 : lengthOf(fields);
  const says = (name: string, word: RegExp): boolean => word.test(fields.get(name)?.join(",") ?? "");
  const close =
    first.startsWith("HTTP/1.0") || says("connection", /\bclose\b/i) || says("proxy-connection", /\bclose\b/i);
  // Do not search for the end of a body without a short known length: the next leg uses a new connection instead.
  const endless = fields.has("transfer-encoding") || length === undefined || length > longestBody;
  const ends = !opens && (close || endless);
  const size = end + 4 + (length ?? 0);
  if (!ends && received.length < size) return undefined;
  return { head: { status, fields, ends }, size };
}

/** Returns the body's length; undefined if two readers could disagree about it. */
function lengthOf(fields: ReadonlyMap<string, readonly string[]>): number | undefined {
  const [given = "0", ...others] = fields.get("content-length") ?? [];
  return /^\d{1,9}$/.test(given) && others.every((other) => other === given) ? Number(given) : undefined;
}

function fieldsOf(lines: readonly string[]): Map<string, string[]> | undefined {
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value = ""] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*(.*?)[\t ]*$/.exec(line) ?? [];
    if (name === undefined) return undefined;
    const key = name.toLowerCase();
    fields.set(key, [...(fields.get(key) ?? []), value]);
  }
  return fields;
}
