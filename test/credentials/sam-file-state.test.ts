import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { acquiredOf } from "../../src/credentials/index.ts";
import { SamFile } from "../../src/credentials/sam-file.ts";
import { Credential, type CredentialUse } from "../../src/index.ts";
import { timesZeroed, watchZeroing } from "../memory/zeroed-bytes.ts";
import { scripted } from "../scripted/scripted.ts";

const hash = "2e24f97bff26b2458887a9b16a3c2c39";
const [alice, bob] = [`alice:CORP::${hash}:::\n`, `bob:::${hash}:::\n`];

/** The path of a file that is gone when the test has finished; it is not made where it has no content. */
function file(content?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-sam-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "SAM");
  if (content !== undefined) writeFileSync(path, content);
  return path;
}

const users = (sam: SamFile): readonly string[] => sam.state().lines.map(({ user }) => user);

describe("WinPR's file of users", () => {
  it("leaves no bytes of the file in memory", () => {
    const zeroed = watchZeroing();
    expect([users(new SamFile(file(alice))), timesZeroed(zeroed, alice)]).toEqual([["alice"], 1]);
  });

  it("has no users and a reason while it cannot be read, and users as soon as it can", () => {
    const path = file();
    const sam = new SamFile(path);
    expect(sam.state()).toMatchObject({ lines: [], error: { code: "ENOENT" } });
    expect(sam.explain()).toMatchObject({
      message: `winpr.samFile: ${JSON.stringify(path)} cannot be read`,
      cause: { code: "ENOENT" },
    });
    writeFileSync(path, bob);
    expect([users(sam), sam.explain()]).toEqual([["bob"], undefined]);
    rmSync(path);
    expect(sam.state()).toMatchObject({ lines: [], error: { code: "ENOENT" } });
  });

  it("is WinPR's own where the caller names none, and is then no explanation of a failure", () => {
    const sam = new SamFile(undefined);
    expect([sam.given, sam.explain()]).toEqual([undefined, undefined]);
    const { error } = sam.state();
    expect(error?.path ?? resolve("/etc/winpr/SAM")).toBe(resolve("/etc/winpr/SAM"));
  });
});

describe("the file of users of a credential", () => {
  const named = "/tmp/no such file";
  const of = (packageName: string, use: CredentialUse, samFile: "identity" | "attribute" | "none", given?: string) => {
    const { provider } = scripted({ packageName, traits: { samFile }, authData: () => undefined });
    const winpr = given === undefined ? {} : { winpr: { samFile: given } };
    using credential = Credential.acquireSync({ package: packageName, use, provider, ...winpr });
    return acquiredOf(credential).samFile;
  };

  it("is the server's own, however the provider is told of it, or WinPR's where the server names none", () => {
    expect(of("NTLM", "inbound", "identity", named)?.given).toBe(named);
    expect(of("Negotiate", "both", "attribute", named)?.given).toBe(named);
    expect(of("NTLM", "inbound", "attribute")).toMatchObject({ given: undefined });
  });

  it.each([
    ["NTLM", "outbound", "identity"],
    ["NTLM", "inbound", "none"],
    ["Kerberos", "inbound", "attribute"],
  ] as const)("is none for %s %s, where the provider takes it as %s", (packageName, use, samFile) => {
    expect(of(packageName, use, samFile)).toBeUndefined();
  });
});
