import { LSA_AP_CALL_PACKAGE, LSA_AP_CALL_PACKAGE_PASSTHROUGH } from "../../../generated/ntsecpkg/callbacks.ts";
import { STATUS_SUCCESS } from "../../../generated/ntstatus/constants.ts";
import { type Implementations, implement } from "../../interface/native-table.ts";
import { copyOut, writePointer, writeUint32 } from "../../native/index.ts";
import { checkBytes } from "../../values/index.ts";
import { present } from "./answers.ts";
import { PackageError } from "./package-error.ts";
import type { PackageParts } from "./package-parts.ts";
import type { PackageCaller } from "./requests.ts";

type Submission = Parameters<NonNullable<(typeof LSA_AP_CALL_PACKAGE)["call"]>>;

/** The three LSA functions that pass messages of a package's own protocol. */
export function packageCalls<C, X>({ definition, answers, services }: PackageParts<C, X>): Implementations {
  const { callPackage } = definition;
  if (!callPackage) return {};
  const called =
    (caller: PackageCaller) =>
    (...[request, submit, _base, size, place, placeSize, protocol]: Submission): number =>
      answers.done("callPackage", () => {
        writePointer(place, 0n);
        writeUint32(placeSize, 0);
        writeUint32(protocol, STATUS_SUCCESS);
        // The LSA has copied the message itself; the pointers in it still refer to the client's memory.
        const message = size === 0 ? Buffer.alloc(0) : Buffer.from(copyOut(BigInt(submit), size).buffer);
        try {
          const answer = checkBytes(present(callPackage({ message, caller }), "callPackage"), "callPackage");
          if (answer.length === 0) return;
          writePointer(place, services.clientBytes(request, answer));
          writeUint32(placeSize, answer.length);
        } catch (error) {
          const status = error instanceof PackageError ? answers.refusal(error) : undefined;
          if (status === undefined) throw error;
          writeUint32(protocol, status);
        }
      });
  return {
    CallPackage: implement(LSA_AP_CALL_PACKAGE, called("trusted")),
    CallPackageUntrusted: implement(LSA_AP_CALL_PACKAGE, called("untrusted")),
    CallPackagePassthrough: implement(LSA_AP_CALL_PACKAGE_PASSTHROUGH, called("pass-through")),
  };
}
