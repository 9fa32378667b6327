import { FormData } from "undici";
import { HttpAuthenticationError } from "../http-authentication-error.ts";

/** Whether a body can be sent again. */
export function isRepeatable(body: unknown): boolean {
  return (
    body === null ||
    typeof body !== "object" ||
    ArrayBuffer.isView(body) ||
    body instanceof ArrayBuffer ||
    body instanceof Blob ||
    body instanceof FormData
  );
}

/**
 * Returns the bytes of a body that can be read only once.
 *
 * @throws HttpAuthenticationError for more than `limit` bytes; the body is then partly read.
 */
export async function keepBody(body: AsyncIterable<unknown> | Iterable<unknown>, limit: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const iterator = Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : body[Symbol.iterator]();
  for (let size = 0; ; ) {
    const { done, value } = await iterator.next();
    if (done) return Buffer.concat(parts);
    const bytes = typeof value === "string" ? Buffer.from(value) : (value as Uint8Array);
    size += bytes.length;
    if (size > limit) {
      // Do not await return(), and do not let `for await` await it: for a body of Node's fetch it may never settle.
      void iterator.return?.();
      throw new HttpAuthenticationError("body-not-kept", { detail: `keepBody is ${limit} bytes` });
    }
    parts.push(bytes);
  }
}
