import { describe, expect, it } from "vitest";
import { addBackports, BackportsError, backportsSource } from "../../scripts/provision/backports.ts";
import { isBookworm, parseDistribution } from "../../scripts/provision/distribution.ts";
import { provisionOptions } from "../../scripts/provision/options.ts";

/** As `apt-get indextargets` prints them, whichever form the sources are written in. */
const targets = `http://mirror.example/debian/ bookworm-updates main
http://security.example/debian-security/ bookworm-security main
http://tools.example/ bookworm tools
http://mirror.example/debian/ bookworm main
`;

const debian12 = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_CODENAME=bookworm\n`;
const ubuntu = `PRETTY_NAME="Ubuntu 24.04 LTS"\nID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n`;

describe("Debian's backports", () => {
  it("come from the mirror that apt has Debian 12 from", () => {
    expect(backportsSource(targets)).toBe(`Types: deb
URIs: http://mirror.example/debian/
Suites: bookworm-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`);
  });

  it.each(["", targets.replace("debian/ bookworm main", "debian/ trixie main")])(
    "are refused where apt has no source of Debian 12's: %j",
    (other) => {
      expect(() => backportsSource(other)).toThrow(BackportsError);
    },
  );

  it("are refused by name on another distribution, before anything is changed", () => {
    expect(() => addBackports(parseDistribution(ubuntu))).toThrow(
      "--backports: only Debian 12 needs them, and this is Ubuntu 24.04 LTS",
    );
  });
});

describe("the distribution", () => {
  it("is told by /etc/os-release, and only Debian 12 is bookworm", () => {
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
  it("ask for backports, and CI allows them", () => {
    expect(provisionOptions(["--backports"], {})).toEqual({ backports: "asked for" });
    expect(provisionOptions([], { CI: "true" })).toEqual({ backports: "allowed" });
    expect(provisionOptions([], {})).toEqual({ backports: "no" });
  });

  it("are refused where npm keeps them for itself, with the command that passes them on", () => {
    expect(() => provisionOptions([], { npm_config_backports: "true" })).toThrow("npm run provision -- --backports");
  });

  it("are refused where there are none of that name", () => {
    expect(() => provisionOptions(["--backport"], {})).toThrow(/--backport/);
    expect(() => provisionOptions(["backports"], {})).toThrow(/backports/);
  });
});
