import type { BlockingFunction, Provider, ProviderFunction } from "../generated/provider.ts";
import { providerSlots } from "../generated/provider.ts";
import { SecPkgContext_Sizes } from "../generated/sspi/structs.ts";
import { SEC_E_INVALID_HANDLE, SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../generated/status/constants.ts";
import type { Address } from "../src/ctypes/index.ts";
import type { ReleaseFunction } from "../src/memory/index.ts";
import type { SecurityProvider } from "../src/native/index.ts";
import { ScriptedBuffers } from "./scripted-buffers.ts";
import { type HandleKind, ScriptedHandles } from "./scripted-handles.ts";
import { ScriptedHeap, writeNative, writeNativeStruct } from "./scripted-heap.ts";
import { identityAt } from "./scripted-identity.ts";
import { buffersAt, type LegCall, textAt, writeLeg } from "./scripted-legs.ts";
import { writePackages } from "./scripted-packages.ts";
import type { AcquireCall, AttributeCall, MessageCall, Script } from "./scripted-script.ts";

type Handlers = { [F in ProviderFunction]?: (...args: Parameters<Provider[F]>) => number };

/**
 * A security package that answers as a test says. It takes addresses and reads and writes real memory
 * through them, keeps a book of every call, handle and allocation, and finds what the caller did wrong.
 */
export class ScriptedSspi {
  readonly provider: SecurityProvider;
  readonly heap = new ScriptedHeap();
  readonly handles = new ScriptedHandles();
  /** Functions in the order in which they were called. */
  readonly calls: ProviderFunction[] = [];
  readonly acquisitions: AcquireCall[] = [];
  readonly legs: LegCall[] = [];
  readonly #script: Script;

  constructor(script: Script = {}) {
    this.#script = script;
    const handlers = { ...this.#credentials(), ...this.#contexts(), ...this.#messages(), ...this.#releases() };
    const functions = {} as Record<ProviderFunction, (...args: never[]) => number>;
    for (const name of Object.keys(providerSlots) as ProviderFunction[])
      functions[name] = (...args: never[]) => {
        this.calls.push(name);
        const handler = handlers[name] as ((...args: never[]) => number) | undefined;
        return handler ? handler(...args) : SEC_E_UNSUPPORTED_FUNCTION;
      };
    this.provider = Object.assign(functions as unknown as Provider, {
      kind: script.kind ?? "other",
      label: "scripted",
      version: script.version,
      impersonates: script.impersonates ?? true,
      has: (name: ProviderFunction) => handlers[name] !== undefined,
      async callAsync<F extends BlockingFunction>(name: F, ...args: Parameters<Provider[F]>): Promise<number> {
        await (script.gate?.() ?? new Promise((resolve) => setImmediate(resolve)));
        return (functions[name] as (...args: unknown[]) => number)(...args);
      },
    });
  }

  /** What the caller did wrong: handles and allocations that were not released once, by the right function, in order. */
  problems(): readonly string[] {
    return [...this.handles.problems(), ...this.heap.problems()];
  }

  /** How often a function was called. */
  count(name: ProviderFunction): number {
    return this.calls.filter((call) => call === name).length;
  }

  /** The release functions that were called, in order. */
  get released(): readonly ProviderFunction[] {
    const names: readonly ProviderFunction[] = [
      "FreeCredentialsHandle",
      "DeleteSecurityContext",
      "FreeContextBuffer",
      "CloseHandle",
    ];
    return this.calls.filter((call) => names.includes(call));
  }

  #credentials(): Handlers {
    const script = this.#script;
    return {
      EnumerateSecurityPackagesW: (count, packages) =>
        writePackages(this.heap, script.maxToken ?? 256, count, packages),
      AcquireCredentialsHandleW: (principal, name, use, logonId, identity, key, keyArgument, slot, expiry) => {
        const unused = [Number(logonId), Number(key), Number(keyArgument)];
        const call = {
          principal: textAt(principal),
          package: textAt(name),
          use,
          identity: identityAt(identity),
          unused,
        };
        this.acquisitions.push(call);
        const answer = script.acquire?.(call) ?? SEC_E_OK;
        const status = typeof answer === "number" ? answer : answer.status;
        if (typeof answer !== "number") writeNative(expiry, new Uint8Array(BigInt64Array.of(answer.expiry).buffer));
        if (status < 0x8000_0000) this.handles.write(slot, this.handles.issue("credential"));
        return status;
      },
      QueryCredentialsAttributesW: (handle, attribute, address) =>
        this.#attribute("credential", handle, attribute, address, script.credentialAttributes),
    };
  }

  #contexts(): Handlers {
    const script = this.#script;
    return {
      InitializeSecurityContextW: (
        credential,
        context,
        target,
        flags,
        first,
        drep,
        input,
        second,
        slot,
        output,
        attributes,
        expiry,
      ) =>
        this.#leg({
          operation: "InitializeSecurityContextW",
          ...this.#parties(credential, context),
          target: textAt(target),
          flags,
          reserved: [first, second],
          dataRepresentation: drep,
          input: buffersAt(input),
          output: new ScriptedBuffers(output),
          newContext: slot,
          attributes,
          expiry,
        }),
      AcceptSecurityContext: (credential, context, input, flags, drep, slot, output, attributes, expiry) =>
        this.#leg({
          operation: "AcceptSecurityContext",
          ...this.#parties(credential, context),
          target: undefined,
          flags,
          reserved: [],
          dataRepresentation: drep,
          input: buffersAt(input),
          output: new ScriptedBuffers(output),
          newContext: slot,
          attributes,
          expiry,
        }),
      CompleteAuthToken: (handle, output) =>
        this.#with("context", handle, "CompleteAuthToken", (context) =>
          script.complete ? script.complete({ context, output: new ScriptedBuffers(output) }) : SEC_E_OK,
        ),
      QueryContextAttributesW: (handle, attribute, address) =>
        this.#attribute(
          "context",
          handle,
          attribute,
          address,
          script.contextAttributes ?? ((call) => this.#sizes(call)),
        ),
      SetContextAttributesW: (handle, attribute, address, size) =>
        this.#attribute(
          "context",
          handle,
          attribute,
          address,
          (call) => script.setAttribute?.({ ...call, size }) ?? SEC_E_OK,
        ),
      QuerySecurityContextToken: (handle, token) =>
        this.#with("context", handle, "QuerySecurityContextToken", () => {
          const status = script.accessToken?.() ?? SEC_E_OK;
          if (status === SEC_E_OK)
            writeNative(token, new Uint8Array(BigInt64Array.of(BigInt(this.handles.issue("token"))).buffer));
          return status;
        }),
      ImpersonateSecurityContext: (handle) =>
        this.#with("context", handle, "ImpersonateSecurityContext", () => script.impersonate?.() ?? SEC_E_OK),
      RevertSecurityContext: (handle) =>
        this.#with("context", handle, "RevertSecurityContext", () => script.revert?.() ?? SEC_E_OK),
    };
  }

  #messages(): Handlers {
    const { encrypt, decrypt, sign, verify } = this.#script;
    return {
      ...(encrypt && { EncryptMessage: (...args) => this.#protect("EncryptMessage", args, encrypt) }),
      ...(sign && { MakeSignature: (...args) => this.#protect("MakeSignature", args, sign) }),
      ...(decrypt && { DecryptMessage: (...args) => this.#unprotect("DecryptMessage", args, decrypt) }),
      ...(verify && { VerifySignature: (...args) => this.#unprotect("VerifySignature", args, verify) }),
    };
  }

  #releases(): Handlers {
    return {
      FreeCredentialsHandle: (handle) => this.#release("FreeCredentialsHandle", "credential", handle),
      DeleteSecurityContext: (handle) => this.#release("DeleteSecurityContext", "context", handle),
      FreeContextBuffer: (address) =>
        this.heap.release(address) ? (this.#script.refuse?.FreeContextBuffer ?? SEC_E_OK) : SEC_E_INVALID_HANDLE,
      CloseHandle: (handle) => {
        const id = this.handles.check("token", Number(handle), "CloseHandle");
        if (id === undefined) return 0;
        this.handles.release("token", id, "CloseHandle");
        return this.#script.refuse?.CloseHandle ?? 1;
      },
    };
  }

  #release(by: ReleaseFunction, kind: HandleKind, address: Address): number {
    return this.#with(kind, address, by, (id) => {
      this.handles.release(kind, id, by);
      return this.#script.refuse?.[by] ?? SEC_E_OK;
    });
  }

  #parties(credential: Address, context: Address): Pick<LegCall, "credential" | "context"> {
    return {
      credential: this.handles.read("credential", credential, "a leg"),
      context: BigInt(context) === 0n ? undefined : this.handles.read("context", context, "a leg"),
    };
  }

  #leg(call: LegCall): number {
    const scripted = this.#script.legs?.[this.legs.length];
    this.legs.push(call);
    if (scripted === undefined) throw new Error(`the script has no leg ${this.legs.length}`);
    const answer = typeof scripted === "function" ? scripted(call) : scripted;
    writeLeg(this.heap, call, answer);
    if (call.context === undefined && answer.status < 0x8000_0000)
      this.handles.write(call.newContext, this.handles.issue("context", call.credential));
    return answer.status;
  }

  #attribute(
    kind: HandleKind,
    at: Address,
    attribute: number,
    to: Address,
    answer?: (call: AttributeCall) => number,
  ): number {
    const { heap } = this;
    return this.#with(kind, at, "a query", (handle) =>
      answer ? answer({ handle, attribute, address: BigInt(to), heap }) : SEC_E_UNSUPPORTED_FUNCTION,
    );
  }

  #sizes({ attribute, address }: AttributeCall): number {
    if (attribute !== 0) return SEC_E_UNSUPPORTED_FUNCTION;
    const { trailer = 16, block = 0, signature = 16 } = this.#script.sizes ?? {};
    const sizes = { cbMaxToken: 256, cbMaxSignature: signature, cbBlockSize: block, cbSecurityTrailer: trailer };
    writeNativeStruct(SecPkgContext_Sizes, address, sizes);
    return SEC_E_OK;
  }

  #protect(name: string, args: Parameters<Provider["EncryptMessage"]>, answer: (call: MessageCall) => number): number {
    const [handle, quality, message, sequence] = args;
    return this.#with("context", handle, name, (context) =>
      answer({ context, quality, sequence, buffers: new ScriptedBuffers(message), answerQuality: () => {} }),
    );
  }

  #unprotect(
    name: string,
    args: Parameters<Provider["DecryptMessage"]>,
    answer: (call: MessageCall) => number,
  ): number {
    const [handle, message, sequence, place] = args;
    const answerQuality = (quality: number): void => writeNative(place, new Uint8Array(Uint32Array.of(quality).buffer));
    return this.#with("context", handle, name, (context) =>
      answer({ context, quality: undefined, sequence, buffers: new ScriptedBuffers(message), answerQuality }),
    );
  }

  #with(kind: HandleKind, address: Address, reader: string, work: (id: number) => number): number {
    const id = this.handles.read(kind, address, reader);
    return id === undefined ? SEC_E_INVALID_HANDLE : work(id);
  }
}
