import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { expect, onTestFinished } from "vitest";
import {
  type ClientContext,
  Credential,
  type SecureClientOptions,
  type SecureServerOptions,
  SecureStream,
  type ServerContext,
} from "../../src/index.ts";
import { PackageHost } from "../../src/packages.ts";
import { type RecordPackageOptions, recordPackage } from "./record-package.ts";
import { type WireEnd, wire } from "./wire.ts";

export interface Ends {
  readonly client: SecureStream<ClientContext>;
  readonly server: SecureStream<ServerContext>;
  readonly wires: readonly [WireEnd, WireEnd];
}

export interface StreamsOptions extends RecordPackageOptions {
  readonly user?: string;
  readonly client?: Partial<SecureClientOptions>;
  readonly server?: SecureServerOptions;
  readonly wire?: number;
}

/** A host of the record package for one test; when the test ends, all its contexts have to be closed. */
export class RecordStreams {
  readonly #host = new PackageHost();
  readonly #package;

  constructor(options: RecordPackageOptions = {}) {
    this.#package = recordPackage(options);
    this.#host.add(this.#package);
    onTestFinished(() => this.#close());
  }

  inbound(): Credential {
    return Credential.acquireSync({ package: "Records", use: "inbound", provider: this.#host.provider });
  }

  outbound(user = "alice"): Credential {
    const identity = { user, password: "userpw" };
    return Credential.acquireSync({ package: "Records", use: "outbound", provider: this.#host.provider, identity });
  }

  get contexts(): number {
    return this.#package.open.contexts;
  }

  open({ user, client, server, wire: highWaterMark }: StreamsOptions = {}): Ends {
    // Contexts keep their credentials alive, so this function can close its own references.
    using outbound = this.outbound(user);
    using inbound = this.inbound();
    const wires = wire(highWaterMark);
    return {
      wires,
      client: SecureStream.connect(wires[0], outbound, { target: "HTTP/localhost", ...client }),
      server: SecureStream.accept(wires[1], inbound, server),
    };
  }

  #close(): void {
    const open = this.contexts;
    const { faults } = this.#package;
    this.#host.close();
    this.#package.close();
    expect({ open, faults }).toEqual({ open: 0, faults: [] });
  }
}

/** A client and a server stream, with the wire between them. */
export function secureStreams(options: StreamsOptions = {}): Ends {
  return new RecordStreams(options).open(options);
}

/** Reads to the end; rejects if the stream closes before. An iterator would then destroy the writable side too. */
export async function received(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  stream.on("data", (part: Buffer) => parts.push(part));
  await finished(stream, { writable: false });
  return Buffer.concat(parts);
}

export async function closed(...streams: readonly Readable[]): Promise<void> {
  const close = (stream: Readable): Promise<void> => new Promise((resolve) => stream.once("close", resolve));
  await Promise.all(streams.map((stream) => (stream.closed ? undefined : close(stream))));
}

/** Resolves to the error with which a stream fails or has failed. */
export function failureOf(stream: Readable): Promise<Error> {
  return new Promise((resolve, reject) => {
    if (stream.errored) resolve(stream.errored);
    stream.once("error", resolve);
    stream.once("close", () => reject(new Error("The stream closed without an error.")));
  });
}
