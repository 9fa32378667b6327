import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { capabilities } from "../../src/index.ts";
import { scripted } from "../scripted/scripted.ts";

describe("a provider's capabilities", () => {
  it("are what it says of itself, and the functions that it has", () => {
    const sspi = scripted({ kind: "winpr", version: "9.9", impersonates: false });
    const found = capabilities(sspi.provider);
    expect(found).toMatchObject({ kind: "winpr", label: "scripted", version: "9.9", impersonation: "pretended" });
    expect(found.packages.map(({ name }) => name)).toEqual(["Scripted", "Überpaket"]);
    expect(found.functions.present).toContain("AcceptSecurityContext");
    expect(found.functions.absent).toContain("AddCredentialsW");
    expect(sspi.calls).toEqual(["EnumerateSecurityPackagesW", "FreeContextBuffer"]);
  });

  it("tell impersonation that is offered from one that is pretended and one that is absent", () => {
    const { provider } = scripted();
    expect(capabilities(provider).impersonation).toBe("offered");
    expect(capabilities({ ...provider, has: () => false }).impersonation).toBe("absent");
    expect(capabilities({ ...provider, impersonates: false }).impersonation).toBe("pretended");
  });

  it("print as a table", () => {
    const { provider } = scripted();
    const lines = inspect(capabilities({ ...provider, has: (name) => name === "MakeSignature" })).split("\n");
    expect(lines.slice(0, 5)).toEqual([
      "provider       scripted (other)",
      "version        unknown",
      "impersonation  absent",
      "packages       Scripted Überpaket",
      "has            MakeSignature",
    ]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  });

  it("are nobody else's: a wrong argument is a TypeError", () => {
    expect(() => capabilities({} as never)).toThrow(new TypeError("capabilities: expected a provider or a context"));
    expect(() => capabilities(null as never)).toThrow(TypeError);
  });
});
