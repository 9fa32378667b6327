import { describe, expect, it } from "vitest";
import { ClientContext, Credential, live } from "../../src/index.ts";
import { definePackage } from "../../src/packages.ts";
import { hosted } from "./hosted.ts";

/** As many UTF-16 units as fit into a UNICODE_STRING with its terminator. */
const longest = "x".repeat(32_766);
const names = ["principal", "target"] as const;

describe("a name of the maximum length of a UNICODE_STRING", () => {
  it("reaches the package unchanged, as principal and as target", () => {
    const seen: (string | undefined)[] = [];
    const defined = definePackage({
      name: "Long",
      maxToken: 16,
      acquireCredentials({ principal }) {
        seen.push(principal);
        return {};
      },
      initContext({ target }) {
        seen.push(target);
        return { status: "complete", context: {} };
      },
    });
    const { provider } = hosted(defined);
    const options = { package: "Long", use: "outbound", provider } as const;
    using credential = Credential.acquireSync({ ...options, principal: longest });
    using client = new ClientContext(credential, { target: longest });
    client.stepSync();
    expect(seen).toEqual([longest, longest]);
  });

  it.each(names)("B9 exceeded by a %s is refused by the option's name before the package is called", (name) => {
    const { provider } = hosted();
    const options = { package: "Test", use: "outbound", provider } as const;
    const work = {
      principal: (): unknown => Credential.acquireSync({ ...options, principal: `${longest}y` }),
      target(): unknown {
        using credential = Credential.acquireSync(options);
        return new ClientContext(credential, { target: `${longest}y` });
      },
    };
    expect(work[name]).toThrow(new RangeError(`${name}: expected at most 32766 characters, got 32767`));
    expect(live()).toMatchObject({ credentials: 0, contexts: 0 });
  });
});
