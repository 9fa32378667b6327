import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installCommand } from "../../scripts/provision/apt.ts";

let system = "";
beforeEach(() => {
  system = mkdtempSync(join(tmpdir(), "sspi-ffi-provision-"));
  for (const folder of ["etc/systemd/system/multi-user.target.wants", "etc/rc2.d", "usr/sbin", "bin"])
    mkdirSync(join(system, folder), { recursive: true });
  enable("ssh");
  // A false apt-get that records its arguments and enables the package's services.
  program(
    "apt-get",
    `test -x $DPKG_ROOT/usr/sbin/policy-rc.d && echo "apt-get $*" >> $DPKG_ROOT/calls
touch $DPKG_ROOT/etc/systemd/system/multi-user.target.wants/krb5-kdc.service $DPKG_ROOT/etc/rc2.d/S01winbind
exit $CODE`,
  );
  program("deb-systemd-helper", 'echo "deb-systemd-helper $*" >> $DPKG_ROOT/calls');
  program("update-rc.d", 'echo "update-rc.d $*" >> $DPKG_ROOT/calls');
});
afterEach(() => rmSync(system, { recursive: true, force: true }));

function enable(name: string): void {
  symlinkSync("/nowhere", join(system, `etc/systemd/system/multi-user.target.wants/${name}.service`));
  symlinkSync("/nowhere", join(system, `etc/rc2.d/S01${name}`));
}

function program(name: string, script: string): void {
  writeFileSync(join(system, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function install(code: number) {
  const [command, ...args] = installCommand([{ name: "krb5-kdc", why: "" }]);
  const PATH = `${join(system, "bin")}${delimiter}${process.env["PATH"]}`;
  const { status } = spawnSync(command, args, { env: { PATH, DPKG_ROOT: system, CODE: String(code) } });
  return { status, calls: readFileSync(join(system, "calls"), "utf8").trim().split("\n") };
}

const policy = (): string => join(system, "usr/sbin/policy-rc.d");

describe("packages installed at rest", () => {
  it("start no service during installation, and only the services that they enabled are disabled", () => {
    expect(install(0)).toEqual({
      status: 0,
      calls: [
        "apt-get install -y --no-install-recommends krb5-kdc",
        "deb-systemd-helper disable krb5-kdc.service",
        "update-rc.d krb5-kdc disable",
        "deb-systemd-helper disable winbind.service",
        "update-rc.d winbind disable",
      ],
    });
    expect(existsSync(policy())).toBe(false);
  });

  it("leave an existing policy-rc.d of the system's owner unchanged", () => {
    writeFileSync(policy(), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    install(0);
    expect(readFileSync(policy(), "utf8")).toBe("#!/bin/sh\nexit 0\n");
  });

  it("report apt's failure by its exit status, disable the services and leave no policy behind", () => {
    const { status, calls } = install(100);
    expect([status, calls.length, existsSync(policy())]).toEqual([100, 5, false]);
  });
});
