import { contextAttributes } from "../../../generated/attributes.ts";
import {
  SpApplyControlTokenFn,
  SpQueryContextAttributesFn,
  SpSetContextAttributesFn,
} from "../../../generated/ntsecpkg/callbacks.ts";
import { SECBUFFER_TOKEN } from "../../../generated/sspi/constants.ts";
import { type Implementations, implement } from "../../interface/native-table.ts";
import { findBuffer, securityBuffers } from "../../interface/security-buffers.ts";
import { settled } from "./answers.ts";
import { answerAttribute } from "./attribute-writer.ts";
import type { HandleTable } from "./handle-table.ts";
import { PackageError } from "./package-error.ts";
import type { PackageParts } from "./package-parts.ts";

/** The LSA-mode context functions other than legs. A function that the definition omits is NULL in the table. */
export function contextRequests<C, X>(
  { definition, answers, services }: PackageParts<C, X>,
  contexts: HandleTable<X>,
): Implementations {
  const { applyControlToken, queryContext, setContextAttribute } = definition;
  return {
    ApplyControlToken:
      applyControlToken &&
      implement(SpApplyControlTokenFn, (handle, input) =>
        answers.done("applyControlToken", () => {
          const token = findBuffer(securityBuffers(input), SECBUFFER_TOKEN)?.read();
          if (!token) throw new PackageError("SEC_E_INVALID_TOKEN", { message: "no TOKEN buffer" });
          const context = contexts.get(BigInt(handle));
          const changed = applyControlToken({ context, token });
          settled(changed, "applyControlToken");
          if (changed !== undefined) contexts.set(BigInt(handle), changed);
        }),
      ),
    QueryContextAttributes:
      queryContext &&
      implement(SpQueryContextAttributesFn, (handle, attribute, buffer) =>
        answers.done("queryContext", () => {
          const known = queryContext(contexts.get(BigInt(handle)));
          answerAttribute(contextAttributes, known, attribute, BigInt(buffer), services);
        }),
      ),
    SetContextAttributes:
      setContextAttribute &&
      implement(SpSetContextAttributesFn, (handle, attribute, buffer, size) =>
        answers.done("setContextAttribute", () => {
          const value = services.fromClient(BigInt(buffer), size);
          const context = contexts.get(BigInt(handle));
          settled(setContextAttribute({ context, attribute, value }), "setContextAttribute");
        }),
      ),
  };
}
