import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";
import { isArray } from "../../values/index.ts";

type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;
type Fields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Wraps a handler of undici 6, which `fetch` of Node 20 and 22 has, as a handler of undici 7 and 8. */
export function modernHandler(handler: Handler): Handler {
  return typeof handler.onRequestStart === "function" ? handler : new LegacyHandler(handler);
}

export class LegacyHandler implements Handler {
  readonly #handler: Handler;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  onRequestStart(controller: Controller): void {
    this.#handler.onConnect?.((reason) => controller.abort(reason as Error));
  }

  onRequestUpgrade(controller: Controller, status: number, fields: Fields, socket: Duplex): void {
    this.#handler.onUpgrade?.(status, rawFields(controller.rawHeaders, fields), socket);
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.();
  }

  onResponseStart(controller: Controller, status: number, fields: Fields, message = ""): void {
    const raw = rawFields(controller.rawHeaders, fields);
    if (this.#handler.onHeaders?.(status, raw, () => controller.resume(), message) === false) controller.pause();
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#handler.onData?.(chunk) === false) controller.pause();
  }

  onResponseEnd(controller: Controller, fields: Fields): void {
    // undici's declaration says strings; the values at run time are bytes.
    this.#handler.onComplete?.(rawFields(controller.rawTrailers, fields) as unknown as string[]);
  }

  onResponseError(_: Controller, error: Error): void {
    this.#handler.onError?.(error);
  }

  onBodySent(size: number, total: number): void {
    this.#handler.onBodySent?.(size, total);
  }
}

/** Returns names and values in turn, in the form in which they were received if undici has that. */
function rawFields(raw: Controller["rawHeaders"], fields: Fields): Buffer[] {
  if (isArray(raw)) return raw.some((part) => typeof part === "string") ? raw.map(bytesOf) : (raw as Buffer[]);
  return Object.entries(fields).flatMap(([name, value]) =>
    [value ?? ""].flat().flatMap((one) => [Buffer.from(name, "latin1"), Buffer.from(one, "latin1")]),
  );
}

function bytesOf(part: string | Buffer): Buffer {
  return typeof part === "string" ? Buffer.from(part, "latin1") : part;
}
