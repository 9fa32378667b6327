import { LSA_AP_CALL_PACKAGE, LSA_AP_CALL_PACKAGE_PASSTHROUGH } from "../../../generated/ntsecpkg/callbacks.ts";
import { STATUS_NO_SUCH_PACKAGE, STATUS_NOT_SUPPORTED } from "../../../generated/ntstatus/constants.ts";
import { SEC_E_INTERNAL_ERROR } from "../../../generated/status/constants.ts";
import { NativeMemory } from "../../interface/native-memory.ts";
import type { Cell } from "../../memory/index.ts";
import { copyOut } from "../../native/index.ts";
import { check, failure, isFailure } from "../../status/index.ts";
import { checkBytes, checkKey, checkText, type OptionNames, readOptions } from "../../values/index.ts";
import type { HostCore } from "./host-core.ts";
import type { HostedPackage } from "./hosted-package.ts";

/** The role of the sender of a message to a package. */
export interface PackageCallOptions {
  /** The sender's role, as the package is told; `trusted` by default. */
  readonly caller?: "trusted" | "untrusted" | "pass-through";
}

const callNames: OptionNames<PackageCallOptions> = { caller: true };

const members = {
  trusted: ["CallPackage", LSA_AP_CALL_PACKAGE],
  untrusted: ["CallPackageUntrusted", LSA_AP_CALL_PACKAGE],
  "pass-through": ["CallPackagePassthrough", LSA_AP_CALL_PACKAGE_PASSTHROUGH],
} as const;

/** Does for a package of this host what `LsaCallAuthenticationPackage` does. Failures keep the package's own status. */
export function callPackage(core: HostCore, name: string, message: Uint8Array, options: PackageCallOptions): Buffer {
  checkText(name, "name", { empty: false });
  const bytes = checkBytes(message, "message");
  const { caller = "trusted" } = readOptions<PackageCallOptions>(options, "options", callNames);
  const [member, declaration] = members[checkKey(caller, "caller", members)];
  const hosted = core.find(name);
  if (!hosted) throw failure({ operation: member, status: STATUS_NO_SUCH_PACKAGE });
  const call = hosted.lsa.find<Call>(member, declaration);
  if (!call) throw failure({ operation: member, status: STATUS_NOT_SUPPORTED });
  return submit(core, { hosted, member, call, message: bytes });
}

type Call = NonNullable<(typeof LSA_AP_CALL_PACKAGE)["call"]>;

interface Submission {
  readonly hosted: HostedPackage;
  readonly member: string;
  readonly call: Call;
  readonly message: Uint8Array;
}

function submit(core: HostCore, { hosted, member, call, message }: Submission): Buffer {
  const memory = new NativeMemory();
  const submitted = memory.bytes(message);
  const [place, size, protocol] = [memory.cell(), memory.cell(), memory.cell()];
  try {
    const answer = core.within(hosted, () =>
      call(0, submitted.address, submitted.address, message.length, place.address, size.address, protocol.address),
    );
    const bytes = taken(core, place, size.uint32);
    check(member, answer, hosted);
    // The package's protocol defines this number, and its successes are positive.
    const status = protocol.uint32;
    if (isFailure(status)) throw failure({ operation: member, status, cause: hosted.explain(status) });
    if (!bytes) throw failure({ operation: member, status: SEC_E_INTERNAL_ERROR });
    return Buffer.from(bytes.buffer);
  } finally {
    // Zero the message: messages to packages carry passwords.
    new Uint8Array(submitted.view.buffer).fill(0);
  }
}

/** Copies the reply and releases its memory; undefined if the package claims more bytes than the memory has. */
function taken({ heap, diagnostics }: HostCore, { pointer }: Cell, size: number): Uint8Array<ArrayBuffer> | undefined {
  if (pointer === 0n) return new Uint8Array();
  const room = heap.sizeOf(pointer);
  const at = `0x${pointer.toString(16)}`;
  if (room === undefined)
    diagnostics.misdeed("unknown-pointer", `an answer at ${at} is of none of the host's heaps: copied and leaked`);
  const wrong = room !== undefined && size > room;
  if (wrong) diagnostics.misdeed("wrong-size", `claims ${size} bytes in an answer of ${room}`);
  const bytes = wrong ? undefined : copyOut(pointer, size);
  heap.take(pointer);
  return bytes;
}
