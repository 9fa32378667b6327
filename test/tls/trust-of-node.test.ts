import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nodeArguments } from "../fixtures/bundled-child.ts";
import { endOf } from "../fixtures/end-of.ts";
import { elsewhereCertificate, rootPem } from "../fixtures/tls-certificates.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-roots-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a client without `ca` against a server below the tests' root, with `roots` in NODE_EXTRA_CA_CERTS. */
function trustWith(roots: string | undefined) {
  const file = join(folder, "roots.pem");
  if (roots !== undefined) writeFileSync(file, roots);
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: roots === undefined ? "" : file };
  return endOf(nodeArguments("test/tls/trust-of-node.ts"), env);
}

describe("a TLS client engine without the option ca", { timeout: 90_000 }, () => {
  it("B17: refuses a server certificate whose root Node does not trust", async () => {
    expect(await trustWith(undefined)).toMatchObject({ status: 0, stdout: "untrusted\n" });
    expect(await trustWith(elsewhereCertificate.cert)).toMatchObject({ status: 0, stdout: "untrusted\n" });
  });

  it("trusts the roots of NODE_EXTRA_CA_CERTS, as Node does", async () => {
    expect(await trustWith(rootPem)).toMatchObject({ status: 0, stdout: "trusted\n", stderr: "" });
  });

  it("ignores a file of NODE_EXTRA_CA_CERTS without certificates, as Node does", async () => {
    expect(await trustWith("no certificate")).toMatchObject({ status: 0, stdout: "untrusted\n" });
  });
});
