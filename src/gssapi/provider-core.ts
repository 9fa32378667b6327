import { HandleBook } from "../interface/handle-book.ts";
import { type Explanation, Explanations } from "../status/index.ts";
import { ContextBuffers } from "./context-buffers.ts";
import { GssapiCalls } from "./gssapi-calls.ts";
import type { GssapiContext } from "./gssapi-context.ts";
import type { GssapiCredential } from "./gssapi-credential.ts";
import { ProviderError } from "./gssapi-error.ts";
import type { GssapiLibrary } from "./gssapi-library.ts";
import { LegBuffers } from "./leg-buffers.ts";
import { runAsync, runSync, type Steps } from "./native-steps.ts";

/** The state that the functions of one provider share. */
export class ProviderCore {
  readonly library: GssapiLibrary;
  readonly calls: GssapiCalls;
  readonly credentials = new HandleBook<GssapiCredential>();
  readonly contexts = new HandleBook<GssapiContext>();
  readonly heap = new ContextBuffers();
  readonly legBuffers = new LegBuffers();
  /** Contexts that were deleted during a leg. */
  readonly deleted = new Set<GssapiContext>();
  readonly explanations = new Explanations();

  constructor(library: GssapiLibrary) {
    this.library = library;
    this.calls = new GssapiCalls(library);
  }

  /** Runs work and returns its status, or the status of the refusal that it throws. */
  answer(work: () => number): number {
    try {
      return this.succeeded(work());
    } catch (error) {
      return this.refused(error);
    }
  }

  /** Notes that a call has succeeded, and returns its status. */
  succeeded(status: number): number {
    this.explanations.latest = undefined;
    return status;
  }

  /** Keeps the refusal that a call has thrown, and returns its status. @throws the error if it is no refusal. */
  refused(error: unknown): number {
    const said = explanationOf(error);
    this.explanations.latest = said;
    return said.status;
  }

  answerSync(steps: () => Steps<number>): number {
    return this.answer(() => runSync(steps()));
  }

  answerAsync(steps: () => Steps<number>): Promise<number> {
    let said: Explanation | undefined;
    const run = async (): Promise<number> => {
      try {
        return await runAsync(steps());
      } catch (error) {
        said = explanationOf(error);
        return said.status;
      }
    };
    return this.explanations.keep(run(), () => said);
  }
}

/** @throws the error if it is not a refusal of this provider. */
function explanationOf(error: unknown): Explanation {
  if (!(error instanceof ProviderError)) throw error;
  return { status: error.status, error };
}
