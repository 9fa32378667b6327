import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { dnsSettings, kdcReachable } from "../../src/command/doctor/kerberos-checks.ts";
import { configurationFiles, readConfiguration } from "../../src/command/doctor/krb5-conf.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-krb5-"));
const file = join(folder, "krb5.conf");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let before: string | undefined;
beforeEach(() => {
  before = process.env["KRB5_CONFIG"];
  process.env["KRB5_CONFIG"] = file;
});
afterEach(() => {
  if (before === undefined) delete process.env["KRB5_CONFIG"];
  else process.env["KRB5_CONFIG"] = before;
});

describe("krb5.conf", () => {
  it("is read with the files that it includes; the first value counts, and KDCs belong to their realm", () => {
    const more = join(folder, "more");
    mkdirSync(more);
    writeFileSync(join(more, "realm.conf"), "[realms]\n B.TEST = {\n  kdc = b1\n  kdc = b2:750\n }\n");
    writeFileSync(join(more, "left-out.txt"), "[libdefaults]\n rdns = true\n");
    writeFileSync(
      file,
      `includedir ${more}
# a comment
[libdefaults]
  default_realm = A.TEST
  default_realm = LATER.TEST
  rdns = no
  inner = {
    dns_lookup_kdc = false
  }
[realms]
  A.TEST = {
    admin_server = a0
    kdc = [::1]:88
  }
[domain_realm]
  kdc = nobody
include ${join(folder, "not-there")}
`,
    );
    const { files, defaults, kdcs } = readConfiguration([file, join(folder, "none")]);
    expect(files).toEqual([file, join(more, "realm.conf")]);
    expect(Object.fromEntries(defaults)).toEqual({ default_realm: "A.TEST", rdns: "no" });
    expect(Object.fromEntries(kdcs)).toEqual({ "A.TEST": ["[::1]:88"], "B.TEST": ["b1", "b2:750"] });
  });

  it("is found where KRB5_CONFIG says, one file or several", () => {
    expect(configurationFiles({})).toEqual(["/etc/krb5.conf"]);
    expect(configurationFiles({ KRB5_CONFIG: "/a:/b" })).toEqual(["/a", "/b"]);
  });

  it("is read to its end although it includes itself", () => {
    writeFileSync(file, `include ${file}\n`);
    expect(readConfiguration([file]).files.length).toBeLessThanOrEqual(100);
  });
});

describe("doctor's look at krb5.conf", () => {
  it.each([
    ["", "note"],
    ["dns_canonicalize_hostname = true", "note"],
    ["dns_canonicalize_hostname = false", "ok"],
    ["dns_canonicalize_hostname = fallback", "ok"],
  ])("S9 %j: doctor reports that a name server may choose whom tickets are for", (line, state) => {
    writeFileSync(file, `[libdefaults]\n default_realm = A.TEST\n ${line}\n`);
    const found = dnsSettings();
    expect(found.state).toBe(state);
    expect(found.found[0]).toBe(`${file}: realm A.TEST`);
    if (state === "note") expect(found.advice).toContain("dns_canonicalize_hostname = false");
  });

  it("says that there is no krb5.conf", () => {
    rmSync(file, { force: true });
    expect(dnsSettings()).toMatchObject({ state: "note", found: [`${file}: not there`] });
  });
});

describe("doctor's look at the KDC", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
    server = undefined;
  });

  /** A port on which a server listens, and a port whose server has closed. */
  async function ports(): Promise<readonly [open: number, closed: number]> {
    const listen = async (): Promise<Server> => {
      const one = createServer((socket) => socket.end());
      await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
      return one;
    };
    const [open, other] = [await listen(), await listen()];
    const { port } = other.address() as AddressInfo;
    await new Promise((resolve) => other.close(resolve));
    server = open;
    return [(open.address() as AddressInfo).port, port];
  }

  it("reports each of several KDCs, and one that answers is enough", async () => {
    const [open, closed] = await ports();
    const kdcs = `kdc = 127.0.0.1:${closed}\n  kdc = tcp/127.0.0.1:${open}`;
    writeFileSync(file, `[libdefaults]\n default_realm = A.TEST\n[realms]\n A.TEST = {\n  ${kdcs}\n }\n`);
    expect(await kdcReachable()).toEqual({
      state: "ok",
      found: [`A.TEST: 127.0.0.1:${closed} ECONNREFUSED`, `A.TEST: 127.0.0.1:${open} takes connections`],
    });
  });

  it("reports a problem with advice where no KDC answers", async () => {
    const [, closed] = await ports();
    writeFileSync(
      file,
      `[libdefaults]\n default_realm = A.TEST\n[realms]\n A.TEST = {\n  kdc = 127.0.0.1:${closed}\n }\n`,
    );
    expect(await kdcReachable()).toMatchObject({ state: "problem", advice: expect.stringContaining("port 88") });
  });

  it("none that is named, with DNS switched off, is a problem", async () => {
    writeFileSync(file, "[libdefaults]\n default_realm = A.TEST\n dns_lookup_kdc = false\n");
    const found = ["A.TEST: krb5.conf names no KDC, and dns_lookup_kdc is off"];
    expect(await kdcReachable()).toMatchObject({ state: "problem", found });
  });

  it("asks no KDC where there is no realm", async () => {
    writeFileSync(file, "[libdefaults]\n");
    expect((await kdcReachable()).state).toBe("note");
  });
});
