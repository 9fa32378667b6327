import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { writeAll } from "./files.ts";
import { formatted } from "./formatted.ts";
import { ownMetadata, readModelOf, root } from "./metadata-folder.ts";
import type { Model } from "./model/types.ts";
import { isStarted } from "./started.ts";
import { type AbsentList, listOf, parseAbsent, strays } from "./verify/absent.ts";
import { examine } from "./verify/examine.ts";
import { familyOf } from "./verify/header-set.ts";
import { subjectsOf } from "./verify/subjects.ts";
import { posixToolchains, type Toolchain, windowsToolchain } from "./verify/toolchains.ts";
import { judge, type Verdict } from "./verify/verdict.ts";

interface Options {
  readonly absent: string;
  /** Whether the headers are treated as the exact ones that the lists were made for. */
  readonly exact: boolean;
  readonly update: boolean;
}

/** Compares the metadata with real headers; `report` gets a line for each failure, then a line with the totals. */
export async function verify(args: readonly string[], report: (line: string) => void): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      metadata: { type: "string", default: ownMetadata },
      absent: { type: "string", default: path.join(root, "codegen/absent") },
      include: { type: "string", multiple: true, default: [] },
      exact: { type: "boolean", default: false },
      "update-absent": { type: "boolean", default: false },
    },
  });
  const read = readModelOf(values.metadata);
  if ("mistakes" in read) {
    for (const line of read.mistakes) report(line);
    return 1;
  }
  const include = values.include.map((folder) => path.resolve(folder));
  const options = { absent: values.absent, exact: values.exact, update: values["update-absent"] };
  try {
    return await verifyModel(read.model, include, options, report);
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function verifyModel(
  model: Model,
  include: readonly string[],
  options: Options,
  report: (line: string) => void,
): Promise<number> {
  // A Mac checks only the headers that no other system has.
  const windows = process.platform === "darwin" ? [] : [windowsToolchain(model, include)];
  const verdicts = await Promise.all(windows.map((toolchain) => verdictOf(model, toolchain, options)));
  for (const { library, family, found } of posixToolchains(model)) {
    if (typeof found === "string") {
      const names = subjectsOf(model, "posix-64").filter(({ header }) => familyOf(header) === family).length;
      if (names > 0) report(`${library}: ${names} names are unchecked: ${found}`);
    } else for (const toolchain of found) verdicts.push(await verdictOf(model, toolchain, options));
  }
  const failures = verdicts.flatMap((verdict) => verdict.failures);
  for (const line of failures) report(line);
  const total = (count: (verdict: Verdict) => number): number => verdicts.reduce((sum, one) => sum + count(one), 0);
  const checked = total((verdict) => verdict.checked);
  report(`headers: ${checked} checked, ${total(({ absent }) => absent.length)} absent, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}

async function verdictOf(model: Model, toolchain: Toolchain, options: Options): Promise<Verdict> {
  const { headers, compilers, covers } = toolchain;
  const folder = path.join(options.absent, headers.name === "other" ? "mingw" : headers.name);
  const before = readList(folder);
  const findings = await Promise.all(
    compilers.map((compiler) => examine(subjectsOf(model, compiler.abi).filter(covers), compiler, headers)),
  );
  if (options.update)
    writeList(
      folder,
      listOf(
        findings.flatMap(({ absent }) => absent),
        before,
      ),
    );
  const list = options.update ? readList(folder) : before;
  const verdict = judge(findings, list, options.exact || toolchain.exact);
  const known = subjectsOf(model, "win32-x64").filter(covers);
  return { ...verdict, failures: [...verdict.failures, ...strays(list, known)] };
}

function readList(folder: string): AbsentList {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  const files = names.sort().map((name) => path.join(folder, name));
  return new Map(files.map((file) => [path.basename(file, ".json"), parseAbsent(file, fs.readFileSync(file, "utf8"))]));
}

function writeList(folder: string, list: AbsentList): void {
  const files = [...list].map(([stem, file]) => ({ path: `${stem}.json`, text: JSON.stringify(file) }));
  fs.rmSync(folder, { recursive: true, force: true });
  writeAll(folder, formatted(files));
}

if (isStarted(import.meta.url)) {
  process.exitCode = await verify(process.argv.slice(2), (line) => console.log(line));
}
