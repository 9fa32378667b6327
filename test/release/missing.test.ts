import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { releaseFiles } from "../../scripts/release/files.ts";
import { missingForRelease, type ReleaseFiles } from "../../scripts/release/missing.ts";

const hash = "0123456789abcdef0123456789abcdef01234567";
const complete: ReleaseFiles = {
  manifest: {
    version: "1.2.3",
    repository: { type: "git", url: "git+https://host.example/us/sspi-ffi.git" },
    homepage: "https://host.example/us/sspi-ffi",
    bugs: { url: "https://host.example/us/sspi-ffi/issues" },
  },
  changelog: "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-12-01\n",
  security: "Write to [us](mailto:security@host.example).",
  workflows: {
    "w.yml": `steps:\n  - uses: actions/checkout@${hash} # v7.0.0\n  - uses: ./.github/workflows/test.yml\n`,
  },
  tag: "v1.2.3",
};
const missing = (change: Partial<ReleaseFiles>) => missingForRelease({ ...complete, ...change });
const workflow = (text: string) => missing({ workflows: { "w.yml": text } });

describe("the check before a release", () => {
  it("finds nothing when the owner supplied everything", () => {
    expect(missingForRelease(complete)).toEqual([]);
  });

  it.each(["repository", "homepage", "bugs"])("names %s when package.json lacks it or has an empty one", (field) => {
    for (const value of [undefined, "", " ", {}, { url: "" }, null])
      expect(missing({ manifest: { ...complete.manifest, [field]: value } })).toEqual([
        expect.stringMatching(new RegExp(`^package\\.json: ${field} is missing`)),
      ]);
  });

  it("names SECURITY.md when it contains no contact address", () => {
    const expected = [expect.stringMatching(/^SECURITY\.md: the contact is missing/)];
    expect(missing({ security: "There is no contact yet: mailto: will stand here" })).toEqual(expected);
    expect(missing({ security: "https://host.example/us/sspi-ffi/issues" })).toEqual(expected);
    expect(missing({ security: "[here](https://host.example/us/x/security/advisories/new)" })).toEqual([]);
  });

  it("names the version when the changelog has no section or no date for it", () => {
    expect(missing({ changelog: "## [1.2.2] - 2026-01-01" })).toEqual(["CHANGELOG.md: 1.2.3 has no section"]);
    expect(missing({ changelog: "## [1.2.3] - unreleased" })).toEqual(["CHANGELOG.md: 1.2.3 has no date"]);
  });

  it("names a tag that differs from the version", () => {
    expect(missing({ tag: "v1.2.4" })).toEqual(["package.json: version is 1.2.3, and the tag is v1.2.4"]);
    const { tag: _, ...untagged } = complete;
    expect(missingForRelease(untagged)).toEqual([]);
  });

  it("names file and line of each action that is pinned by a tag, a branch or a shortened hash", () => {
    fc.assert(
      fc.property(fc.constantFrom("v4", "main", hash.slice(1), `${hash}0`, hash.toUpperCase()), (version) => {
        const expected = [`w.yml:2: a/b@${version} is not pinned by the hash of its commit`];
        for (const line of [
          `- uses: a/b@${version}`,
          `  uses: "a/b@${version}" # v1.0.0`,
          `- "uses" : 'a/b@${version}'`,
        ])
          expect(workflow(`steps:\n${line}`)).toEqual(expected);
      }),
    );
    expect(workflow("uses: a/b")).toEqual(["w.yml:1: a/b is not pinned by the hash of its commit"]);
  });

  it("names an action whose hash has no comment with its version", () => {
    for (const comment of ["", " # v4", " # latest"])
      expect(workflow(`- uses: a/b@${hash}${comment}`)).toEqual([
        `w.yml:1: a/b@${hash} has no comment that says its version`,
      ]);
  });
});

describe("this project, checked before a release,", () => {
  it("lacks only what its owner supplies: addresses and the release date", () => {
    const { workflows } = releaseFiles();
    expect(Object.keys(workflows).length).toBeGreaterThan(0);
    const places = missingForRelease(releaseFiles()).map((line) => line.split(":")[0]);
    expect(places.filter((place) => !["package.json", "SECURITY.md", "CHANGELOG.md"].includes(place ?? ""))).toEqual(
      [],
    );
  });
});
