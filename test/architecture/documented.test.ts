import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { publicMembers, undocumented } from "../../scripts/documentation/public-members.ts";
import { referencePages } from "../../scripts/documentation/reference.ts";
import { entryPoints } from "../../scripts/entry-points.ts";
import { root } from "./source-files.ts";

const doors = publicMembers();

describe("public members", () => {
  it("are found: exports, and members of classes, interfaces and unions", () => {
    const names = doors
      .flatMap(({ exports }) => exports.flatMap((one) => [one, ...one.members]))
      .map(({ name }) => name);
    const some = ["Credential", "Credential.acquire", "ClientContextOptions.target", "Leg.status", "HttpUser.name"];
    expect(names).toEqual(expect.arrayContaining(some));
    expect(names.length).toBeGreaterThan(5000);
  });

  it("are each documented where they are written by hand", () => {
    const missing = undocumented(doors).filter(({ place }) => place.startsWith("src/"));
    expect([...new Set(missing.map(({ name, place }) => `${name} ${place}`))]).toEqual([]);
  });

  it("that are functions of the headers are each documented", () => {
    const functions = doors.flatMap(({ exports }) => exports).filter(({ place }) => /^generated\/\w+\/raw/.test(place));
    expect(functions.length).toBeGreaterThan(50);
    expect(functions.filter(({ text }) => text === "").map(({ name }) => name)).toEqual([]);
  });
});

describe("entry points", () => {
  it.each(doors)("$specifier says what it is for", ({ text }) => expect(text).not.toBe(""));

  // A consumer may import any entry point alone, in a program that names no types and uses older libraries.
  it.each(entryPoints())("$specifier names itself, and what its declarations need of Node and the compiler", (door) => {
    const source = readFileSync(join(root, door.source), "utf8");
    expect(source).toContain(`@module ${door.specifier}\n`);
    const named = [...source.matchAll(/^\/\/\/ <reference (\w+="[\w.]+") preserve="true" \/>$/gm)].map(
      ([, one]) => one,
    );
    expect(named).toEqual(['types="node"', 'lib="es2022.error"', 'lib="esnext.disposable"']);
  });
});

describe("the reference", () => {
  const pages = referencePages(doors);

  it.each([...pages.keys()])("has in %s what the docstrings say (npm run docs:reference)", (path) => {
    expect(readFileSync(join(root, path), "utf8")).toBe(pages.get(path));
  });

  it("has no other page", () => {
    const found = readdirSync(join(root, "docs/reference")).map((name) => `docs/reference/${name}`);
    expect(["docs/reference.md", ...found].sort()).toEqual([...pages.keys()].sort());
  });
});
