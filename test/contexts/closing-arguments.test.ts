import { describe, expect, it } from "vitest";
import { SecPkgContext_Sizes } from "../../generated/sspi/structs.ts";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import type { ClientContext } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";

const calls: Readonly<Record<string, (context: ClientContext) => unknown>> = {
  query: (context) =>
    context.query({
      get constant() {
        context.close();
        return "SECPKG_ATTR_MINE";
      },
      value: 0x9000,
      struct: SecPkgContext_Sizes,
      pointers: [],
      times: [],
    }),
  applyControlToken: (context) =>
    context.applyControlToken({
      get type() {
        context.close();
        return "shutdown" as const;
      },
    }),
};

describe("a call of a context whose argument closes it while it is read", () => {
  it.each(Object.keys(calls))("A17 does not reach the package, whose context is deleted: %s", (name) => {
    const sspi = scripted({ contextAttributes: () => SEC_E_OK });
    using context = complete(sspi);
    sspi.calls.length = 0;
    expect(() => calls[name]?.(context)).toThrow(/closed/);
    for (const call of ["QueryContextAttributesW", "ApplyControlToken"]) expect(sspi.calls).not.toContain(call);
  });
});
