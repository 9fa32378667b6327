import type { Duplex } from "node:stream";
import { Client, type Dispatcher, util } from "undici";

type Controller = Dispatcher.DispatchController;
type Handler = Dispatcher.DispatchHandler;
type Fields = Parameters<NonNullable<Handler["onResponseStart"]>>[2];

/** Receives the events of a leg. Fields are parsed only if the listener needs them. */
interface LegListener {
  onRequestStart(controller: Controller): void;
  onRequestUpgrade(controller: Controller, status: number, fields: Fields, socket: Duplex): void;
  onResponseStarted(): void;
  takeHead(controller: Controller, status: number, parse: () => Fields, message: string): void;
  onResponseData(controller: Controller, chunk: Buffer): void;
  takeEnd(parse: () => Fields): void;
  onResponseError(controller: Controller, error: Error): void;
}

/**
 * One request in the form that undici 7 uses internally, with fields as bytes. If an exchange were the handler, undici
 * would make an object of each response's fields and a controller, and the caller's handler would need the bytes again:
 * a tenth of the time of a request.
 */
export class RawLeg implements Handler, Controller {
  readonly #exchange: LegListener;
  #abort: ((reason?: Error) => void) | undefined;
  #resume: (() => void) | undefined;
  paused = false;
  aborted = false;
  reason: Error | null = null;
  rawHeaders: Buffer[] | null = null;
  rawTrailers: Buffer[] | null = null;

  constructor(exchange: LegListener) {
    this.#exchange = exchange;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.#resume?.();
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#abort?.(reason);
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abort = abort;
    this.#exchange.onRequestStart(this);
  }

  onUpgrade(status: number, raw: Buffer[] | string[] | null, socket: Duplex): void {
    this.rawHeaders = raw as Buffer[] | null;
    this.#exchange.onRequestUpgrade(this, status, util.parseHeaders(this.rawHeaders ?? []), socket);
  }

  onResponseStarted(): void {
    this.#exchange.onResponseStarted();
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, message: string): boolean {
    this.#resume = resume;
    this.rawHeaders = raw;
    this.#exchange.takeHead(this, status, () => util.parseHeaders(raw), message);
    return !this.paused;
  }

  onData(chunk: Buffer): boolean {
    this.#exchange.onResponseData(this, chunk);
    return !this.paused;
  }

  onComplete(raw: string[] | null): void {
    this.rawTrailers = raw as Buffer[] | null;
    this.#exchange.takeEnd(() => util.parseHeaders(this.rawTrailers ?? []));
  }

  onError(error: Error): void {
    this.#exchange.onResponseError(this, error);
  }
}

let older: boolean | undefined;

/** Whether clients take handlers of the kind that undici 7 uses internally; undici 8 takes none. */
export function takesRawLegs(): boolean {
  older ??= asks();
  return older;
}

/** Asks a destroyed client, which reports its end to the handler if it supports that kind of handler. */
function asks(): boolean {
  const client = new Client("http://localhost");
  void client.destroy();
  let told = false;
  try {
    client.dispatch({ path: "/", method: "GET" }, {
      onConnect() {},
      onHeaders: () => true,
      onData: () => true,
      onComplete() {},
      onError() {
        told = true;
      },
    } as Handler);
  } catch {
    return false;
  }
  return told;
}
