import {
  SpAcceptLsaModeContextFn,
  SpInitLsaModeContextFn,
  SpInitUserModeContextFn,
} from "../../../generated/ntsecpkg/callbacks.ts";
import type { Provider } from "../../../generated/provider.ts";
import { ASC_REQ_ALLOCATE_MEMORY, ISC_REQ_ALLOCATE_MEMORY } from "../../../generated/sspi/constants.ts";
import { SecBuffer, SecBufferDesc } from "../../../generated/sspi/structs.ts";
import { SEC_E_INVALID_HANDLE, SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../../generated/status/constants.ts";
import { type Address, hostAbi } from "../../ctypes/index.ts";
import type { NativeMemory, NativeRoom } from "../../interface/native-memory.ts";
import type { Cell } from "../../memory/index.ts";
import { readWideString } from "../../native/index.ts";
import { isFailure } from "../../status/index.ts";
import { deletePackageContext } from "./context-functions.ts";
import type { HostContext, HostCore, HostCredential } from "./host-core.ts";
import type { HostedPackage } from "./hosted-package.ts";
import { OutputBuffers } from "./output-buffers.ts";

type LegFunctions = Pick<Provider, "InitializeSecurityContextW" | "AcceptSecurityContext">;

/** The arguments that the client's and the server's function have in common. */
interface Leg {
  readonly name: "InitLsaModeContext" | "AcceptLsaModeContext";
  readonly credential: Address;
  readonly context: Address;
  readonly input: Address;
  readonly slot: Address;
  readonly output: Address;
  readonly attributes: Address;
  readonly expiry: Address;
  readonly allocates: boolean;
}

/** Out-parameters of a package's leg other than tokens. */
interface Answers {
  readonly handle: Cell;
  readonly mapped: Cell;
  readonly data: NativeRoom;
}

interface Parties {
  readonly hosted: HostedPackage;
  readonly credential: bigint;
  readonly context: HostContext | undefined;
}

/** InitializeSecurityContextW and AcceptSecurityContext, implemented with a package's LSA-mode functions. */
export function legFunctions(core: HostCore): LegFunctions {
  return { InitializeSecurityContextW: initialize(core), AcceptSecurityContext: accept(core) };
}

function initialize(core: HostCore): LegFunctions["InitializeSecurityContextW"] {
  return (credential, context, target, flags, _1, drep, input, _2, slot, output, attributes, expiry) => {
    const allocates = (flags & ISC_REQ_ALLOCATE_MEMORY) !== 0;
    const places = { input, slot, output, attributes, expiry, allocates };
    return run(core, { name: "InitLsaModeContext", credential, context, ...places }, (site) => {
      const call = site.hosted.lsa.find("InitLsaModeContext", SpInitLsaModeContextFn);
      const name = BigInt(target) === 0n ? 0 : site.memory.unicodeString(readWideString(BigInt(target))).address;
      return call?.(site.credential, site.context, name, flags, drep, site.input, ...site.places);
    });
  };
}

function accept(core: HostCore): LegFunctions["AcceptSecurityContext"] {
  return (credential, context, input, flags, drep, slot, output, attributes, expiry) => {
    const allocates = (flags & ASC_REQ_ALLOCATE_MEMORY) !== 0;
    const places = { input, slot, output, attributes, expiry, allocates };
    return run(core, { name: "AcceptLsaModeContext", credential, context, ...places }, (site) => {
      const call = site.hosted.lsa.find("AcceptLsaModeContext", SpAcceptLsaModeContextFn);
      return call?.(site.credential, site.context, site.input, flags, drep, ...site.places);
    });
  };
}

/** The arguments of a package's function. */
interface Site {
  readonly hosted: HostedPackage;
  readonly memory: NativeMemory;
  readonly credential: bigint;
  readonly context: bigint;
  readonly input: Address;
  /**
   * The out-parameters: new handle, output, attributes, expiry, whether the context is mapped, and the context's data.
   */
  readonly places: readonly [Address, Address, Address, Address, Address, Address];
}

function run(core: HostCore, leg: Leg, call: (site: Site) => number | undefined): number {
  const parties = partiesOf(core, leg);
  if (!parties) return SEC_E_INVALID_HANDLE;
  const { hosted, credential, context } = parties;
  return core.call(hosted, leg.name, (memory) => {
    const handle = memory.cell();
    const mapped = memory.cell();
    const data = memory.allocate(SecBuffer.layouts[hostAbi].size);
    // Preset the existing handle: on later legs a package may leave the new handle unset.
    handle.pointer = context?.handle ?? 0n;
    const output = new OutputBuffers(core, leg.output, leg.allocates, hosted.info.maxToken);
    if (isFailure(output.status)) return output.settle(true);
    const [attributes, expiry] = [place(memory, leg.attributes), place(memory, leg.expiry)];
    const places = [handle.address, leg.output, attributes, expiry, mapped.address, data.address] as const;
    const input = hosted.nullInput ? leg.input : inputOf(memory, leg.input);
    const answer = call({ hosted, memory, credential, context: context?.handle ?? 0n, input, places });
    const usable = output.settle(answer === undefined || isFailure(answer));
    if (answer === undefined) return SEC_E_UNSUPPORTED_FUNCTION;
    return settle(core, { leg, parties, answers: { handle, mapped, data }, answer, usable });
  });
}

interface Settling {
  readonly leg: Leg;
  readonly parties: Parties;
  readonly answers: Answers;
  readonly answer: number;
  /** A failure status if the output cannot be used. */
  readonly usable: number;
}

/** Records or deletes the context after a leg: a failed first leg leaves none, a failed later leg keeps it. */
function settle(core: HostCore, { leg, parties, answers, answer, usable }: Settling): number {
  const { hosted } = parties;
  const handle = answers.handle.pointer;
  const context = parties.context ?? { package: hosted, handle, lsaSide: true, userSide: false };
  try {
    const status = isFailure(answer) ? answer : usable || mapToUser(hosted, context, answers, answer) || answer;
    if (!parties.context && !isFailure(answer)) {
      if (isFailure(status)) deletePackageContext(core, context);
      else core.contexts.issue(leg.slot, context);
    }
    return status;
  } finally {
    releaseContextData(core, answers.data);
  }
}

/** Passes the context data to user mode. Returns the failure, or 0. */
function mapToUser({ user }: HostedPackage, context: HostContext, { mapped, data }: Answers, leg: number): number {
  if (!user) return 0;
  const map = user.find("InitUserModeContext", SpInitUserModeContextFn);
  if (map) {
    // Map again if a complete context was initialised again: it has other keys now.
    if (!mapped.boolean) return 0;
    const answer = map(context.handle, data.address);
    if (isFailure(answer)) return answer;
  } else if (leg !== SEC_E_OK) return 0;
  // A user mode without InitUserModeContext works on the LSA-mode context: Wine's packages do so.
  context.userSide = true;
  return 0;
}

/** Releases the context data from the LSA's heap. The documentation says "The LSA will free the memory". */
function releaseContextData({ heap, diagnostics }: HostCore, data: NativeRoom): void {
  const { pvBuffer } = SecBuffer.read(data.view);
  if (pvBuffer === 0n || heap.take(pvBuffer)) return;
  diagnostics.misdeed(
    "unknown-pointer",
    `context data at 0x${pvBuffer.toString(16)} is of none of the host's heaps: leaked`,
  );
}

function partiesOf({ credentials, contexts }: HostCore, leg: Leg): Parties | undefined {
  const context = BigInt(leg.context) === 0n ? undefined : contexts.find(leg.context);
  if (BigInt(leg.context) !== 0n && !context) return undefined;
  const credential: HostCredential | undefined = credentials.find(leg.credential);
  if (BigInt(leg.credential) !== 0n && !credential) return undefined;
  const hosted = context?.package ?? credential?.package;
  if (!hosted || (credential && credential.package !== hosted)) return undefined;
  return { hosted, credential: credential?.handle ?? 0n, context };
}

/** Passes an empty descriptor if the caller passes none, as LSA does. */
function inputOf(memory: NativeMemory, given: Address): Address {
  return BigInt(given) === 0n
    ? memory.struct(SecBufferDesc, { ulVersion: 0, cBuffers: 0, pBuffers: 0n }).address
    : given;
}

/** Replaces an out-parameter that the caller may omit and a package may not. */
function place(memory: NativeMemory, given: Address): Address {
  return BigInt(given) === 0n ? memory.cell().address : given;
}
