import { describe, expect, it } from "vitest";
import { type ImportedContext, importContext, live } from "../../src/index.ts";
import { freshTickets } from "../live/kerberos.ts";
import { logOn, loopbackPackages, wine } from "./loopback.ts";

/** Imports the context with the first of the packages that accepts it. */
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

describe.each(loopbackPackages)("a server's context of %s", (name) => {
  if (wine) freshTickets();

  it("can be exported and imported on Windows; under Wine export() throws and the context stays usable", async () => {
    using sides = await logOn(name);
    const { client, server } = sides;
    const message = Buffer.from("from me to whoever goes on");
    if (wine) {
      const refused = { code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "ExportSecurityContext" };
      expect(() => server.export({ deleteOld: true })).toThrow(expect.objectContaining(refused));
      server.verify(message, client.sign(message));
      return;
    }
    // No document says whether Negotiate imports its own contexts, or only the package that it negotiated does.
    const { PackageInfo } = server.query("negotiationInfo");
    const { package: packedBy, packed } = server.export({ deleteOld: true });
    expect(packed.length).toBeGreaterThan(0);
    using imported = importedBy([packedBy, (PackageInfo as { Name: string }).Name], packed);
    imported.verify(message, client.sign(message));
    client.verify(message, imported.sign(message));
    expect(() => imported.verify(Buffer.from("from nobody"), client.sign(message))).toThrow("SEC_E_");
    expect(() => server.sign(message)).toThrow();
  });

  it("can be exported with the client's token on Windows; under Wine export() throws SEC_E_UNSUPPORTED_FUNCTION", async () => {
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

  it("cannot be imported from bytes that are no packed context", () => {
    expect(() => importContext({ package: name, packed: Buffer.alloc(64, 0x55) })).toThrow(
      wine ? "SEC_E_UNSUPPORTED_FUNCTION" : /SEC_E_|STATUS_/,
    );
  });
});
