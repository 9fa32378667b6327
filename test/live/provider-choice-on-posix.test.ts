import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { gssapiProvider, packages } from "../../src/index.ts";

const program = `
  import { capabilities, Credential, packages } from ${JSON.stringify(new URL("../../src/index.ts", import.meta.url).href)};
  const library = (name) => packages().find((entry) => entry.name === name)?.library;
  const said = (work) => { try { return work(); } catch (error) { return error.code; } };
  console.log(JSON.stringify({
    negotiate: said(() => library("Negotiate")),
    kerberos: said(() => library("Kerberos")),
    ntlm: said(() => library("NTLM")),
    first: said(() => capabilities().kind),
    unknown: said(() => Credential.acquireSync({ package: "Nosuch", use: "outbound" })),
  }));`;

/** The output of a separate process, whose environment chooses the libraries. */
function chosen(env: Readonly<Record<string, string>>): unknown {
  const child = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], WLOG_LEVEL: "OFF", ...env },
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout);
}

describe("whose package is used where no provider is named", () => {
  it("is the system's GSSAPI for Kerberos and Negotiate, and the SSPI library for all else", () => {
    const file = gssapiProvider().label;
    expect(packages().find(({ name }) => name === "Kerberos")?.library).toBe(file);
    const found = chosen({}) as { ntlm?: string };
    expect(found).toMatchObject({
      negotiate: file,
      kerberos: file,
      first: "gssapi",
      unknown: "SEC_E_SECPKG_NOT_FOUND",
    });
    expect(found.ntlm ?? "none").toMatch(/winpr|none/);
  });

  it("is the GSSAPI for everything where SSPI_LIBRARY is the word gssapi", () => {
    const found = chosen({ SSPI_LIBRARY: "gssapi" });
    expect(found).toEqual({
      negotiate: gssapiProvider().label,
      kerberos: gssapiProvider().label,
      first: "gssapi",
      unknown: "SEC_E_SECPKG_NOT_FOUND",
    });
  });

  it("is the library that SSPI_LIBRARY names, and no other where that does not load", () => {
    expect(chosen({ SSPI_LIBRARY: "/nowhere/libsspi.so" })).toEqual({
      negotiate: "SSPI_LIBRARY_NOT_FOUND",
      kerberos: "SSPI_LIBRARY_NOT_FOUND",
      ntlm: "SSPI_LIBRARY_NOT_FOUND",
      first: "SSPI_LIBRARY_NOT_FOUND",
      unknown: "SSPI_LIBRARY_NOT_FOUND",
    });
  });
});
