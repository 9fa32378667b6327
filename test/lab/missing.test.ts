import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkComponents, componentPackages, MissingComponentError } from "../../scripts/lab/components.ts";
import { isLoadable } from "../../scripts/provision/apt.ts";
import type { ProvisionRecord } from "../../scripts/provision/record.ts";
import { chosenNodes } from "../../scripts/windows/releases.ts";
import { runSuites } from "./suite-run.ts";

const [major = 22] = chosenNodes();
const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-missing-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a lab of which a component is missing", () => {
  it.each(Object.entries(componentPackages()))("does not start, and names %s", (missing, package_) => {
    expect(() => checkComponents((file) => file !== missing)).toThrow(MissingComponentError);
    expect(() => checkComponents((file) => file !== missing)).toThrow(`  ${missing} (Debian: ${package_})`);
  });

  it("names everything that is missing, and how to get it", () => {
    const files = Object.keys(componentPackages());
    expect(() => checkComponents(() => false)).toThrow(/npm run provision/);
    for (const file of files) expect(() => checkComponents(() => false)).toThrow(file);
    expect(() => checkComponents(() => true)).not.toThrow();
  });
});

/** A test of each suite, and the services that it talks to. */
const tests = [
  { title: "authenticates the process's user and the server to each other", needs: ["krb5kdc"] },
  { title: "ISC-08 ASC-08 authenticates alice on the event loop", needs: ["winbindd"] },
  { title: "Kerberos lets alice in by her name, and knows the server", needs: ["krb5kdc", "apache2"] },
];
const files = ["test/live/kerberos.test.ts", "test/live/handshake.test.ts", "test/interop/apache.test.ts"];
const filter = tests.map(({ title }) => title).join("|");
const args = ["--project", `windows-node${major}`, ...files, "--testNamePattern", filter];

/** The line of the report that Node for Windows adds: which SSPI it used, in which version. */
const reportLine = new RegExp(
  `windows-node${major}/live +${major}\\.[\\d.]+ win32 +secur32\\.dll of Wine \\d\\S+ +\\d`,
);

describe.concurrent("suites whose lab has lost a service", () => {
  it.for([
    ["krb5kdc", /the KDC of the lab does not run \(krb5kdc, process \d+\)/],
    ["winbindd", /winbindd of the lab does not run \(winbindd, process \d+\)/],
    ["apache2", /the web server of the lab does not run \(apache2, process \d+\)/],
  ] as const)("fail with its name where they need it, and only there: %s", async ([service, complaint]) => {
    const { code, output, files: ran } = await runSuites(args, { SSPI_LAB_WITHOUT: service });
    const chosen = ran.flatMap((file) => file.tests).filter(({ status }) => status !== "skipped");
    const results = new Map(chosen.map((test) => [test.title, test]));
    expect([...results.keys()].sort()).toEqual(tests.map(({ title }) => title).sort());
    for (const { title, needs } of tests) {
      const { status, message = "" } = results.get(title) ?? {};
      if (needs.includes(service)) expect(message, title).toMatch(complaint);
      else expect([status, message], title).toEqual(["passed", ""]);
    }
    expect(output).toMatch(reportLine);
    expect(code).toBe(1);
  });

  it("do not begin without the Wine prefix, and name it", async () => {
    const { code, output } = await runSuites(args, { SSPI_LAB_WITHOUT: "prefix" });
    expect(output).toMatch(/Failed to start node-\d+-for-windows worker for test files .*kerberos\.test\.ts/);
    expect(output).toMatch(/the Wine prefix of the lab is gone \(.*\/prefix\)/);
    expect(code).toBe(1);
  });
});

describe.concurrent("suites without WinPR 3", () => {
  const suites = ["--project", "live", "test/live/kerberos.test.ts", "test/live/libraries-on-posix.test.ts"];
  const library = "libwinpr3.so.3";
  const missing = `${library} is missing: npm run provision`;

  /**
   * The loader finds a file under that name that is no library, and provision has recorded this, whatever this machine
   * has.
   */
  function without(record: Partial<ProvisionRecord>): Record<string, string> {
    const own = mkdtempSync(join(folder, "without-"));
    writeFileSync(join(own, library), "no library");
    const file = join(own, "provision.json");
    writeFileSync(file, JSON.stringify(record));
    return { LD_LIBRARY_PATH: own, SSPI_PROVISION_RECORD: file };
  }

  it("fail with its name where CI is set", async () => {
    const { code, files: ran } = await runSuites(suites, { CI: "true", ...without({}) });
    expect(ran.map(({ file, message }) => [file, message])).toEqual([
      ["test/live/kerberos.test.ts", missing],
      ["test/live/libraries-on-posix.test.ts", missing],
    ]);
    expect(code).toBe(1);
  });

  it.for([
    ["was not provisioned", undefined, {}, missing],
    ["is in backports only", undefined, { backported: [library] }, `${missing} -- --backports`],
    ["is absent from the distribution", "true", { absent: [library] }, `this distribution has no ${library}`],
  ] as const)("are shown as left out, with the reason, where it %s", async ([, CI, record, reason]) => {
    const { code, output, files: ran } = await runSuites(suites, { CI, ...without(record) });
    const testsOf = (name: string) =>
      ran.find(({ file }) => file.endsWith(name))?.tests.map(({ title, status }) => [title, status]);
    // The suites that remain run on the system's GSSAPI.
    expect(testsOf("kerberos.test.ts")?.filter(([, status]) => status !== "passed")).toEqual([[reason, "todo"]]);
    expect(testsOf("libraries-on-posix.test.ts")).toEqual([
      // Debian 13 has WinPR 3 only.
      ["run on libwinpr2.so.2", isLoadable("libwinpr2.so.2") ? "passed" : "skipped"],
      ["run on libwinpr3.so.3", "skipped"],
    ]);
    expect(output).toContain(`Left out:\n  live/live: Kerberos on WinPR 3 > ${reason}\n`);
    expect(output).toContain(`live/live: the live suites > run on libwinpr3.so.3 (${reason})`);
    expect(code).toBe(0);
  });
});

describe.concurrent("suites whose service is not installed", () => {
  const suite = ["--project", "live", "test/interop/domain-controller.test.ts", "--testNamePattern", "by Kerberos"];
  const without = { SSPI_LAB_WITHOUT: "samba" };
  const packages = "gcc, samba-ad-dc, samba-ad-provision, samba-dsdb-modules, python3-markdown";

  it("fail with their packages' names where CI is set", async () => {
    const { code, files: ran } = await runSuites(suite, { ...without, CI: "true" });
    const messages = ran.flatMap((file) => file.tests).filter(({ status }) => status === "failed");
    expect(messages.map(({ message }) => message.split("\n")[0])).toEqual(
      messages.map(() => `Error: npm run provision installs ${packages}`),
    );
    // Two tests for each provider of Kerberos.
    expect([messages.length % 2, messages.length > 0, code]).toEqual([0, true, 1]);
  });

  it("are shown as left out elsewhere, and where the distribution has no such package", async () => {
    const record = join(folder, "record.json");
    writeFileSync(record, JSON.stringify({ absent: ["samba-ad-dc"], backported: [] }));
    const elsewhere = await runSuites(suite, { ...without, CI: undefined });
    const absent = await runSuites(suite, { ...without, CI: "true", SSPI_PROVISION_RECORD: record });
    expect(elsewhere.output).toContain(`(npm run provision installs ${packages})`);
    expect(absent.output).toContain(`(this distribution has no ${packages})`);
    expect([elsewhere.code, absent.code]).toEqual([0, 0]);
  });
});
