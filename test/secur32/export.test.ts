import { describe, expect, it } from "vitest";
import { type ImportedContext, importContext, live } from "../../src/index.ts";
import { freshTickets } from "../live/kerberos.ts";
import { logOn, loopbackPackages, wine } from "./loopback.ts";

/** By the first of the packages that takes the context. */
function importedBy(packages: readonly string[], packed: Buffer): ImportedContext {
  const refusals: unknown[] = [];
  for (const name of packages) {
    try {
      return importContext({ package: name, packed });
    } catch (error) {
      refusals.push(error);
    }
  }
  throw new AggregateError(refusals, "no package takes the context");
}

describe.each(loopbackPackages)("the context of a server of %s", (name) => {
  if (wine) freshTickets();

  it("is packed and goes on where it was, on Windows; under Wine a typed error leaves it as it was", async () => {
    using sides = await logOn(name);
    const { client, server } = sides;
    const message = Buffer.from("from me to whoever goes on");
    if (wine) {
      const refused = { code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "ExportSecurityContext" };
      expect(() => server.export({ deleteOld: true })).toThrow(expect.objectContaining(refused));
      server.verify(message, client.sign(message));
      return;
    }
    // No source says whether Negotiate takes its own contexts back, or only the package that it came to.
    const { PackageInfo } = server.query("negotiationInfo");
    const { package: packedBy, packed } = server.export({ deleteOld: true });
    expect(packed.length).toBeGreaterThan(0);
    using imported = importedBy([packedBy, (PackageInfo as { Name: string }).Name], packed);
    imported.verify(message, client.sign(message));
    client.verify(message, imported.sign(message));
    expect(() => imported.verify(Buffer.from("from nobody"), client.sign(message))).toThrow("SEC_E_");
    expect(() => server.sign(message)).toThrow();
  });

  it("comes with the client's token where that is asked for, on Windows", async () => {
    using sides = await logOn(name);
    if (wine) {
      expect(() => sides.server.export({ withToken: true })).toThrow("SEC_E_UNSUPPORTED_FUNCTION");
      expect(live().tokens).toBe(0);
      return;
    }
    const { token } = sides.server.export({ withToken: true });
    expect(live().tokens).toBe(1);
    token?.close();
    expect(live().tokens).toBe(0);
  });

  it("does not come of bytes that nobody packed", () => {
    expect(() => importContext({ package: name, packed: Buffer.alloc(64, 0x55) })).toThrow(
      wine ? "SEC_E_UNSUPPORTED_FUNCTION" : /SEC_E_|STATUS_/,
    );
  });
});
