import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LibraryNotFoundError, packages, systemProvider } from "sspi-ffi";
import { asExpected, type Tried } from "./consumer.ts";
import { consumers } from "./consumers.ts";
import { page, sectionOf, withSection } from "./page.ts";
import { tryConsumer } from "./try-consumer.ts";

const root = join(import.meta.dirname, "../..");

function pack(folder: string): string {
  const { status, stderr } = spawnSync("npm", ["pack", "--pack-destination", folder], { cwd: root, encoding: "utf8" });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (status !== 0 || tarball === undefined) throw new Error(`npm pack: ${stderr}`);
  return join(folder, tarball);
}

/** Returns the library whose NTLM the program uses, if there is one. */
function systemLibrary(): { readonly line?: string; readonly name: string } {
  try {
    const library = packages().find(({ name }) => name === "NTLM")?.library;
    if (library === undefined) return { name: "no NTLM" };
    const { version } = systemProvider(library);
    return { line: `NTLM of ${library}: hello`, name: `NTLM of ${library} ${version ?? ""}`.trim() };
  } catch (error) {
    if (error instanceof LibraryNotFoundError) return { name: "no SSPI library" };
    throw error;
  }
}

const { version: koffi } = JSON.parse(readFileSync(join(root, "node_modules/koffi/package.json"), "utf8"));
const all = await consumers();
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !all.some((consumer) => consumer.name === name));
if (unknown !== undefined) throw new Error(`${unknown}: expected one of ${all.map(({ name }) => name).join(", ")}`);

const { line, name: library } = systemLibrary();
const expected = ["SspiFfiPsk: hello", ...(line === undefined ? [] : [line]), "open: 0"];
const day = new Date().toISOString().slice(0, 10);
const surroundings = `Tried on ${day} on ${process.platform} ${process.arch}, with Node ${process.versions.node} where no other is named, koffi ${koffi}, ${library}.`;

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-consumers-"));
try {
  const tarball = pack(folder);
  for (const consumer of all.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const tried: readonly Tried[] = tryConsumer(consumer, tarball, expected);
    const others = tried.filter((one) => !asExpected(one));
    console.log(`${consumer.name}: ${tried.length} ways, ${others.length} came otherwise than expected`);
    for (const { way, said } of others) console.error(`\n${way.tool}, ${way.way}:\n${said}`);
    if (others.length > 0) process.exitCode = 1;
    else
      writeFileSync(
        join(root, page),
        withSection(readFileSync(join(root, page), "utf8"), sectionOf(tried, surroundings)),
      );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
