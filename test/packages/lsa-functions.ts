import { LSA_UNICODE_STRING } from "../../generated/lsalookup/structs.ts";
import type { NativeMemory } from "../../src/interface/native-memory.ts";
import type { Implementations } from "../../src/interface/native-table.ts";
import { HostCore } from "../../src/packages/host/host-core.ts";
import type { HostedPackage } from "../../src/packages/host/hosted-package.ts";
import type { ClientIdentity } from "../../src/packages/host/surroundings.ts";

/** Calls a function of LSA's tables with addresses, as a package does, and returns its result. */
export function caller(table: Implementations) {
  return (name: string, ...args: readonly (number | bigint)[]): unknown => {
    const { work } = table[name] as { readonly work: unknown };
    return (work as (...given: readonly unknown[]) => unknown)(...args);
  };
}

/** The surroundings of a host, and a package in them that makes its calls. */
export function stage(client: ClientIdentity = {}, hosted: Partial<HostedPackage> = {}) {
  const host = new HostCore(client);
  const one = { name: "Caller", explain: () => undefined, ...hosted } as unknown as HostedPackage;
  const within = <T>(work: () => T): T => host.within(one, work);
  return { host, within };
}

/** A `STRING` of a package's memory. */
export function counted(memory: NativeMemory, content: string | Uint8Array): number {
  const bytes = Buffer.from(content as string);
  const { length: Length } = bytes;
  const at = BigInt(memory.bytes(bytes).address);
  return memory.struct(LSA_UNICODE_STRING, { Length, MaximumLength: Length, Buffer: at }).address;
}
