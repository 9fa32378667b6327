import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import * as sspi from "../../src/index.ts";
import { markdownFiles } from "./markdown-files.ts";
import { root } from "./source-files.ts";

const read = (file: string) => readFileSync(join(root, file), "utf8");
const pages = markdownFiles();

/** Links of a page into the project: the file, and the heading within it. */
function linksOf(page: string): { readonly link: string; readonly file: string; readonly heading: string }[] {
  const prose = read(page).replace(/^```.*?^```$/gms, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = "", heading = ""] = link.split("#");
      return { link, file: path === "" ? page : join(dirname(page), path), heading };
    });
}

/** The fragment that GitHub gives a heading. */
function fragments(page: string): string[] {
  const headings = read(page).match(/(?<=^#+ ).*$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

describe("the pages", () => {
  it("are found: README, guides and decisions", () => {
    const expected = ["README.md", "CONTRIBUTING.md", "docs/verified.md", "docs/guides/raw.md"];
    expect(pages).toEqual(expect.arrayContaining(expected));
  });

  it("link only to files and headings that exist", () => {
    const dead = pages.flatMap((page) =>
      linksOf(page)
        .filter(({ file, heading }) => {
          if (!existsSync(join(root, file))) return true;
          return heading !== "" && !fragments(file).includes(heading);
        })
        .map(({ link }) => `${page}: ${link}`),
    );
    expect(dead).toEqual([]);
  });

  it("are each at most two clicks from the README, except templates, which GitHub shows", () => {
    const linked = (from: readonly string[]) => from.flatMap((page) => linksOf(page).map(({ file }) => file));
    const once = linked(["README.md"]).filter((file) => pages.includes(file));
    const reached = new Set(["README.md", ...once, ...linked(once)]);
    expect(pages.filter((page) => !reached.has(page) && !page.startsWith(".github/"))).toEqual([]);
  });
});

describe("the README", () => {
  const readme = read("README.md");

  it("has at most 200 lines", () => {
    expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(200);
  });

  it.each(["npm install sspi-ffi", "npm ci && npm run demo", "npm ci && npm run provision && npm test"])(
    "shows the command `%s` in a block of its own",
    (command) => {
      expect(readme).toContain(`\n\`\`\`sh\n${command}\n\`\`\`\n`);
    },
  );

  it("shows a client and a server, with acquire() and step() off the event loop", () => {
    const client = /## A client\n.*?(?=\n## )/s.exec(readme)?.[0];
    const server = /## A server\n.*?(?=\n## )/s.exec(readme)?.[0];
    for (const part of [client, server]) expect(part).toMatch(/await Credential\.acquire\(.*await context\.step\(/s);
  });
});

describe("the page of what was verified", () => {
  const sections = new Map(
    read("docs/verified.md")
      .split(/^## /m)
      .slice(1)
      .map((section) => [
        section.slice(0, section.indexOf("\n")),
        section.split("\n").filter((line) => /^\| /.test(line)),
      ]),
  );
  const rowsOf = (heading: string) => (sections.get(heading) ?? []).slice(1);
  const windows = ["Scripted after Windows", "Assumed of Windows"];

  it("has a table for what ran for real, for what is scripted and for what is assumed", () => {
    expect([...sections.keys()]).toEqual(["Real", "Packages of our own", "Scripted", ...windows, "Not run yet"]);
    for (const heading of sections.keys()) expect(rowsOf(heading), heading).not.toEqual([]);
  });

  it.each(["Real", "Packages of our own"])("has nothing that is scripted, assumed or not run under %s", (heading) => {
    expect(rowsOf(heading).filter((row) => /\bscript|assum|not yet/i.test(row))).toEqual([]);
  });

  it.each(windows)("names tests that exist, and nothing that ran for real, under %s", (heading) => {
    for (const row of rowsOf(heading)) {
      const tests = row.match(/test\/[\w/-]+\.test\.ts/g) ?? [];
      expect(tests, row).not.toEqual([]);
      for (const test of tests) expect(existsSync(join(root, test)), test).toBe(true);
      expect(row).not.toMatch(/\bCI\b|Node for Windows/);
    }
  });

  it("lists assumptions in the table of assumptions only", () => {
    const others = [...sections.keys()].filter((heading) => !heading.startsWith("Assumed"));
    expect(others.flatMap(rowsOf).filter((row) => /assum/i.test(row))).toEqual([]);
  });
});

describe("the page of errors", () => {
  const exported = Object.entries(sspi).flatMap(([name, value]) =>
    typeof value === "function" && value.prototype instanceof Error ? [name] : [],
  );

  it.each(exported)("explains %s, which sspi-ffi exports", (name) => {
    expect(read("docs/guides/errors.md")).toMatch(new RegExp(`^\\| .*\`${name}\``, "m"));
  });
});
