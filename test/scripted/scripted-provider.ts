import {
  type BlockingFunction,
  type Provider,
  type ProviderFunction,
  providerSlots,
} from "../../generated/provider.ts";
import { SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { documentedTraits, type SecurityProvider } from "../../src/native/index.ts";
import { ScriptedBook } from "./scripted-book.ts";
import { contextFunctions } from "./scripted-contexts.ts";
import { credentialFunctions } from "./scripted-credentials.ts";
import { messageFunctions } from "./scripted-messages.ts";
import { releaseFunctions } from "./scripted-releases.ts";
import type { Script } from "./scripted-script.ts";

type AnyFunction = (...args: readonly unknown[]) => number;

/**
 * A security package that behaves as a test scripts it. It takes addresses, reads and writes native memory
 * through them, records every call, handle and allocation, and finds the caller's mistakes.
 */
export class ScriptedSspi extends ScriptedBook {
  readonly provider: SecurityProvider;

  constructor(script: Script = {}) {
    super(script);
    const handlers = {
      ...credentialFunctions(this),
      ...contextFunctions(this),
      ...messageFunctions(this),
      ...releaseFunctions(this),
    };
    const { offLoop } = this;
    const functions = {} as Record<ProviderFunction, AnyFunction>;
    for (const name of Object.keys(providerSlots) as ProviderFunction[]) {
      const handler = handlers[name] as AnyFunction | undefined;
      functions[name] = (...args) => {
        this.calls.push(name);
        return handler ? handler(...args) : SEC_E_UNSUPPORTED_FUNCTION;
      };
    }
    this.provider = Object.assign(functions as unknown as Provider, {
      kind: "other" as const,
      label: "scripted",
      version: script.version,
      traits: { ...documentedTraits, credsspAuthData: "any" as const, ...script.traits },
      has: (name: ProviderFunction) => handlers[name] !== undefined,
      /** Reads its arguments when it runs, as native code on another thread would. */
      async callAsync<F extends BlockingFunction>(name: F, ...args: Parameters<Provider[F]>): Promise<number> {
        await (script.gate?.() ?? new Promise((resolve) => setImmediate(resolve)));
        offLoop.push(name);
        return functions[name](...args);
      },
    });
  }
}
