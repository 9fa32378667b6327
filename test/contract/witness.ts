import {
  type BlockingFunction,
  type Provider,
  type ProviderFunction,
  providerSlots,
} from "../../generated/provider.ts";
import { copyOut, type SecurityProvider } from "../../src/native/index.ts";
import { type ScriptedBuffer, ScriptedBuffers } from "../scripted/scripted-buffers.ts";

type AnyFunction = (...args: readonly unknown[]) => number;

/** A leg's call as the package received it, and its result. */
export interface WitnessedLeg {
  readonly side: "client" | "server";
  /** `phContext`'s handle; undefined where that is NULL. */
  readonly context: string | undefined;
  readonly flags: number;
  /** Reserved1 and Reserved2, of the client's function only. */
  readonly reserved: readonly number[];
  readonly dataRepresentation: number;
  /** `pInput`; undefined where that is NULL. */
  readonly input: readonly ScriptedBuffer[] | undefined;
  /** `pOutput` before the call. */
  readonly room: readonly ScriptedBuffer[];
  /** `phNewContext`'s handle and `pOutput` after the call. */
  answer?: { readonly status: number; readonly handle: string; readonly output: readonly ScriptedBuffer[] };
}

/** A function that deletes or frees something, with the handle or address that it received. */
export interface WitnessedRelease {
  readonly name: ProviderFunction;
  readonly what: string;
}

const releases: readonly ProviderFunction[] = ["DeleteSecurityContext", "FreeCredentialsHandle", "FreeContextBuffer"];

function handleAt(address: number): string {
  return Buffer.from(copyOut(address, 16)).toString("hex");
}

/**
 * Stands between this library and a real provider, passes every call on unchanged, and records the calls that the
 * contract mentions: so tests see that promises hold on real providers, and not only on one of our own.
 */
export class Witness {
  readonly provider: SecurityProvider;
  readonly calls: ProviderFunction[] = [];
  readonly legs: WitnessedLeg[] = [];
  readonly releases: WitnessedRelease[] = [];
  readonly handed: string[] = [];

  constructor(real: SecurityProvider) {
    const functions = {} as Record<ProviderFunction, AnyFunction>;
    for (const name of Object.keys(providerSlots) as ProviderFunction[]) {
      functions[name] = (...args) => {
        const noted = this.#before(name, args);
        const status = (real[name] as AnyFunction)(...args);
        noted?.(status);
        return status;
      };
    }
    this.provider = Object.assign(Object.create(real) as SecurityProvider, functions as unknown as Provider, {
      callAsync: async <F extends BlockingFunction>(name: F, ...args: Parameters<Provider[F]>): Promise<number> => {
        const noted = this.#before(name, args);
        const status = await real.callAsync(name, ...args);
        noted?.(status);
        return status;
      },
    });
  }

  count(name: ProviderFunction): number {
    return this.calls.filter((call) => call === name).length;
  }

  #before(name: ProviderFunction, args: readonly unknown[]): ((status: number) => void) | undefined {
    this.calls.push(name);
    if (releases.includes(name)) {
      const what = name === "FreeContextBuffer" ? String(args[0]) : handleAt(args[0] as number);
      this.releases.push({ name, what });
      return;
    }
    if (name === "AcquireCredentialsHandleW") return () => this.handed.push(handleAt(args[7] as number));
    if (name === "InitializeSecurityContextW") return this.#leg(clientLeg(args as ClientArguments), args[8], args[9]);
    if (name === "AcceptSecurityContext") return this.#leg(serverLeg(args as ServerArguments), args[5], args[6]);
    return;
  }

  #leg(leg: WitnessedLeg, handle: unknown, output: unknown): (status: number) => void {
    this.legs.push(leg);
    return (status) => {
      leg.answer = { status, handle: handleAt(handle as number), output: new ScriptedBuffers(output as number).all };
    };
  }
}

type ClientArguments = Parameters<Provider["InitializeSecurityContextW"]>;
type ServerArguments = Parameters<Provider["AcceptSecurityContext"]>;

function clientLeg([, context, , flags, reserved1, dataRepresentation, input, reserved2, , output]: ClientArguments) {
  return {
    side: "client",
    reserved: [reserved1, reserved2].map(Number),
    ...shared(context, flags, dataRepresentation, input, output),
  } as const;
}

function serverLeg([, context, input, flags, dataRepresentation, , output]: ServerArguments) {
  return { side: "server", reserved: [], ...shared(context, flags, dataRepresentation, input, output) } as const;
}

type Shared = Omit<WitnessedLeg, "side" | "reserved" | "answer">;

function shared(
  context: number | bigint,
  flags: number,
  dataRepresentation: number,
  input: number | bigint,
  output: number | bigint,
): Shared {
  return {
    context: Number(context) === 0 ? undefined : handleAt(Number(context)),
    flags,
    dataRepresentation,
    input: Number(input) === 0 ? undefined : new ScriptedBuffers(input).all,
    room: new ScriptedBuffers(output).all,
  };
}
