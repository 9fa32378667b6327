import { existsSync } from "node:fs";
import { findWine } from "../windows/wine.ts";

/** A program or library of the lab, and the Debian package that has it. */
interface Component {
  readonly file: string;
  readonly package: string;
}

const components = {
  krb5kdc: { file: "/usr/sbin/krb5kdc", package: "krb5-kdc" },
  kdb5_util: { file: "/usr/sbin/kdb5_util", package: "krb5-kdc" },
  kadmin: { file: "/usr/sbin/kadmin.local", package: "krb5-admin-server" },
  kinit: { file: "/usr/bin/kinit", package: "krb5-user" },
  winbindd: { file: "/usr/sbin/winbindd", package: "winbind" },
  ntlm_auth: { file: "/usr/bin/ntlm_auth", package: "winbind" },
  smbpasswd: { file: "/usr/bin/smbpasswd", package: "samba-common-bin" },
  apache2: { file: "/usr/sbin/apache2", package: "apache2-bin" },
  apacheGssapi: { file: "/usr/lib/apache2/modules/mod_auth_gssapi.so", package: "libapache2-mod-auth-gssapi" },
  curl: { file: "/usr/bin/curl", package: "curl" },
  openssl: { file: "/usr/bin/openssl", package: "openssl" },
  python3: { file: "/usr/bin/python3", package: "python3-gssapi" },
  pythonGssapi: { file: "/usr/lib/python3/dist-packages/gssapi/__init__.py", package: "python3-gssapi" },
  setpriv: { file: "/usr/bin/setpriv", package: "util-linux" },
} as const satisfies Record<string, Component>;

export type ComponentName = keyof typeof components;

/** Where a component is. The folders of administrators are in no user's `PATH`, so it is not asked. */
export function componentFile(name: ComponentName): string {
  return components[name].file;
}

/** Something of the lab is not installed. */
export class MissingComponentError extends Error {
  constructor(missing: readonly Component[]) {
    const lines = missing.map((component) => `  ${component.file} (Debian: ${component.package})`);
    super(`The lab is not complete on this machine; npm run provision installs what is missing:\n${lines.join("\n")}`);
    this.name = "MissingComponentError";
  }
}

/** @throws MissingComponentError that names all that is missing, not the first only. */
export function checkComponents(): void {
  const missing: Component[] = Object.values(components).filter(({ file }) => !existsSync(file));
  if (!findWine()) missing.push({ file: "wine64", package: "wine64" });
  if (missing.length > 0) throw new MissingComponentError(missing);
}
