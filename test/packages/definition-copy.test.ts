import { describe, expect, it } from "vitest";
import { Credential, packages } from "../../src/index.ts";
import { definePackage, definePackages, PackageError, PackageHost } from "../../src/packages.ts";
import { handshake, hosted } from "./hosted.ts";
import { testDefinition } from "./test-package.ts";

type Members = Record<string, unknown>;

/** The test definition, and the members that were read of it. */
function watched(): { definition: typeof testDefinition; reads: string[] } {
  const reads: string[] = [];
  const definition = {};
  for (const name of Object.keys(testDefinition))
    Object.defineProperty(definition, name, {
      enumerable: true,
      get: () => {
        reads.push(name);
        return (testDefinition as unknown as Members)[name];
      },
    });
  return { definition: definition as typeof testDefinition, reads };
}

describe("a definition of a package", () => {
  it.each([
    ["definePackage", (one: typeof testDefinition) => definePackage(one)],
    ["definePackages", (one: typeof testDefinition) => definePackages([one as never])],
  ])("is read once by %s, and never again", (_, define) => {
    const { definition, reads } = watched();
    using defined = define(definition);
    using host = new PackageHost();
    host.add(defined);
    handshake(host.provider)[Symbol.dispose]();
    expect(reads.toSorted()).toEqual(Object.keys(testDefinition).toSorted());
  });

  it("is used as it was defined, whatever is changed in it later", () => {
    const capabilities = [...(testDefinition.capabilities ?? [])];
    const definition: Members = { ...testDefinition, capabilities };
    const { provider } = hosted(definePackage(definition as never));
    const before = packages(provider);
    const fail = (): never => {
      throw new PackageError("SEC_E_INTERNAL_ERROR");
    };
    for (const name of Object.keys(definition)) definition[name] = fail;
    definition["deleteContext"] = fail;
    capabilities.length = 0;
    handshake(provider)[Symbol.dispose]();
    expect(packages(provider)).toEqual(before);
  });

  it("may be an instance of a class, whose functions are called on it", () => {
    class Base {
      readonly name = "Test";
      readonly users: string[] = [];
      get maxToken(): number {
        return testDefinition.maxToken;
      }
      freeCredentials(): void {
        this.users.push("freed");
      }
    }
    class Mine extends Base {
      readonly other = 1;
      acquireCredentials(): string {
        this.users.push("acquired");
        return "anyone";
      }
    }
    const mine = new Mine();
    const { provider } = hosted(definePackage(mine) as never);
    Credential.acquireSync({ package: "Test", use: "outbound", provider }).close();
    expect(mine.users).toEqual(["acquired", "freed"]);
  });

  it("has no member of a polluted Object.prototype", () => {
    const called: string[] = [];
    const polluted = ["deleteContext", "queryCredentials", "freeCredentials", "shutdown", "comment", "reads"];
    const defineOn = Object.prototype as unknown as Members;
    const { name, maxToken, acquireCredentials, initContext, acceptContext, openSession } = testDefinition;
    for (const member of polluted) defineOn[member] = () => called.push(member);
    try {
      using defined = definePackage({
        ...{ name, maxToken, acquireCredentials },
        ...(initContext && { initContext }),
        ...(acceptContext && { acceptContext }),
        ...(openSession && { openSession }),
      });
      using host = new PackageHost();
      host.add(defined);
      handshake(host.provider)[Symbol.dispose]();
    } finally {
      for (const member of polluted) delete defineOn[member];
    }
    expect(called).toEqual([]);
  });

  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  it.each<[string, unknown, string]>([
    ["a Map", new Map([["name", "Test"]]), "an instance of Map"],
    ["an object without members", {}, "an instance of Object"],
    ["an array", [testDefinition], "an array of 1 elements"],
    ["a proxy that was revoked", revoked.proxy, "an instance of Object"],
    ["text", "S3cret", "a string of 6 characters"],
    ["null", null, "null"],
  ])("is not %s, which is refused with what was expected", (_, definition, shape) => {
    const message = `expected { name, maxToken, acquireCredentials, … }, got ${shape}`;
    expect(() => definePackage(definition as never)).toThrow(new TypeError(`definition: ${message}`));
    expect(() => definePackages([testDefinition as never, definition as never])).toThrow(
      new TypeError(`definitions[1]: ${message}`),
    );
  });
});
