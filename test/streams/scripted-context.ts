import type { Leg } from "../../src/index.ts";
import type { StreamRead } from "../../src/messages/index.ts";
import type { StreamContext } from "../../src/streams/stream-context.ts";

type Answer<T> = T | Error;

/** How a test's context behaves: results in the order of the calls. */
export interface ContextScript {
  readonly package?: string;
  readonly reportsClose?: boolean;
  readonly sizes?: Answer<ReturnType<StreamContext["query"]>>;
  readonly legs?: readonly Answer<Leg>[];
  readonly reads?: readonly Answer<StreamRead>[];
  readonly shutdown?: () => Promise<Buffer>;
}

/** A context that returns the script's results and records its calls. */
export class ScriptedContext implements StreamContext {
  readonly package: string;
  readonly provider: StreamContext["provider"];
  /** The calls with their arguments as text. */
  readonly calls: string[] = [];
  readonly #script: ContextScript;
  #legs = 0;
  #reads = 0;

  constructor(script: ContextScript) {
    this.package = script.package ?? "Scripted";
    this.provider = { traits: { reportsClose: script.reportsClose ?? true } };
    this.#script = script;
  }

  async step(token?: Uint8Array): Promise<Leg> {
    this.calls.push(`step ${token === undefined ? "nothing" : JSON.stringify(Buffer.from(token).toString())}`);
    // A real leg is asynchronous, because it may ask a remote server.
    await new Promise((resolve) => setImmediate(resolve));
    this.#legs += 1;
    return answerOf(this.#script.legs?.[this.#legs - 1]);
  }

  encrypt(message: Uint8Array): Buffer {
    this.calls.push(`encrypt ${message.length}`);
    return Buffer.from(`<${message.length}>`);
  }

  decryptStream(bytes: Uint8Array): StreamRead {
    this.calls.push(`decrypt ${JSON.stringify(Buffer.from(bytes).toString("latin1"))}`);
    this.#reads += 1;
    return answerOf(this.#script.reads?.[this.#reads - 1]);
  }

  reauthenticate(): void {
    this.calls.push("reauthenticate");
  }

  async shutdown(): Promise<Buffer> {
    this.calls.push("shutdown");
    return (await this.#script.shutdown?.()) ?? Buffer.from("goodbye");
  }

  query(): ReturnType<StreamContext["query"]> {
    return answerOf(this.#script.sizes ?? { cbHeader: 5, cbMaximumMessage: 16_384, cbTrailer: 36 });
  }

  close(): void {
    this.calls.push("close");
  }
}

function answerOf<T>(answer: Answer<T> | undefined): T {
  if (answer === undefined) throw new Error("the script has no further answer");
  if (answer instanceof Error) throw answer;
  return answer;
}
