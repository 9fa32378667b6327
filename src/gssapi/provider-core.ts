import { HandleBook } from "../interface/handle-book.ts";
import { ContextBuffers } from "./context-buffers.ts";
import { GssapiCalls } from "./gssapi-calls.ts";
import type { GssapiContext } from "./gssapi-context.ts";
import type { GssapiCredential } from "./gssapi-credential.ts";
import { ProviderError } from "./gssapi-error.ts";
import type { GssapiLibrary } from "./gssapi-library.ts";
import { runAsync, runSync, type Steps } from "./native-steps.ts";

/** What the functions of one provider share. */
export class ProviderCore {
  readonly library: GssapiLibrary;
  readonly calls: GssapiCalls;
  readonly credentials = new HandleBook<GssapiCredential>();
  readonly contexts = new HandleBook<GssapiContext>();
  readonly heap = new ContextBuffers();
  /** Contexts that were deleted while a leg was under way. */
  readonly deleted = new Set<GssapiContext>();
  #reason: ProviderError | undefined;

  constructor(library: GssapiLibrary) {
    this.library = library;
    this.calls = new GssapiCalls(library);
  }

  /** Why the last call failed, where it answered this status. */
  reason(status: number): Error | undefined {
    return this.#reason?.status === status ? this.#reason : undefined;
  }

  /** The status of work that throws what it refuses. */
  answer(work: () => number): number {
    try {
      return this.#succeeded(work());
    } catch (error) {
      return this.#failed(error);
    }
  }

  answerSync(steps: () => Steps<number>): number {
    return this.answer(() => runSync(steps()));
  }

  async answerAsync(steps: () => Steps<number>): Promise<number> {
    try {
      return this.#succeeded(await runAsync(steps()));
    } catch (error) {
      return this.#failed(error);
    }
  }

  #succeeded(status: number): number {
    this.#reason = undefined;
    return status;
  }

  #failed(error: unknown): number {
    if (!(error instanceof ProviderError)) throw error;
    this.#reason = error;
    return error.status;
  }
}
