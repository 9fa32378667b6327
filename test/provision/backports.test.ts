import { describe, expect, it } from "vitest";
import { addBackports, BackportsError, backportsSource } from "../../scripts/provision/backports.ts";
import { isBookworm, parseDistribution } from "../../scripts/provision/distribution.ts";
import { provisionOptions } from "../../scripts/provision/options.ts";

/** Output of `apt-get indextargets`, which is the same for every format of apt's sources. */
const targets = `http://mirror.example/debian/ bookworm-updates main
http://security.example/debian-security/ bookworm-security main
http://tools.example/ bookworm tools
http://mirror.example/debian/ bookworm main
`;

const debian12 = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_CODENAME=bookworm\n`;
const ubuntu = `PRETTY_NAME="Ubuntu 24.04 LTS"\nID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n`;

describe("Debian's backports", () => {
  it("come from the mirror from which apt gets Debian 12", () => {
    expect(backportsSource(targets)).toBe(`Types: deb
URIs: http://mirror.example/debian/
Suites: bookworm-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`);
  });

  it.each(["", targets.replace("debian/ bookworm main", "debian/ trixie main")])(
    "are refused when apt has no source of Debian 12: %j",
    (other) => {
      expect(() => backportsSource(other)).toThrow(BackportsError);
    },
  );

  it("are refused on another distribution, named in the error, before anything changes", () => {
    expect(() => addBackports(parseDistribution(ubuntu))).toThrow(
      "--backports: only Debian 12 needs them, and this is Ubuntu 24.04 LTS",
    );
  });
});

describe("the Linux distribution", () => {
  it("is read from /etc/os-release, and only Debian 12 is bookworm", () => {
    expect(parseDistribution(debian12)).toEqual({
      id: "debian",
      codename: "bookworm",
      name: "Debian GNU/Linux 12 (bookworm)",
    });
    expect(
      [debian12, ubuntu, "", debian12.replace("=debian", "=other")].map(parseDistribution).map(isBookworm),
    ).toEqual([true, false, false, false]);
  });
});

describe("the options of npm run provision", () => {
  it("request backports with --backports; CI only allows them, and otherwise they are not used", () => {
    expect(provisionOptions(["--backports"], {})).toEqual({ backports: "asked for" });
    expect(provisionOptions([], { CI: "true" })).toEqual({ backports: "allowed" });
    expect(provisionOptions([], {})).toEqual({ backports: "no" });
  });

  it("are refused when npm consumed them itself, in an error with the correct command", () => {
    expect(() => provisionOptions([], { npm_config_backports: "true" })).toThrow("npm run provision -- --backports");
  });

  it("are refused when they are unknown", () => {
    expect(() => provisionOptions(["--backport"], {})).toThrow(/--backport/);
    expect(() => provisionOptions(["backports"], {})).toThrow(/backports/);
  });
});
