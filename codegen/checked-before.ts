import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** What generated files are made from, and they themselves. */
const compared = ["metadata", "codegen", "src/ctypes", "generated", "biome.json", "node_modules/.package-lock.json"];

const stampIn = (project: string): string => path.join(project, "node_modules/.cache/generated");

/** Whether nothing has changed since {@link rememberChecked}: a check would say the same again. */
export function isCheckedBefore(project: string): boolean {
  const stamp = stampIn(project);
  return fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === fingerprint(project);
}

/** Remembers that the generated files of a project are what its metadata generates. */
export function rememberChecked(project: string): void {
  const stamp = stampIn(project);
  fs.mkdirSync(path.dirname(stamp), { recursive: true });
  fs.writeFileSync(stamp, fingerprint(project));
}

function fingerprint(project: string): string {
  const hash = createHash("sha256").update(process.version);
  for (const name of compared.flatMap((one) => filesIn(project, one)))
    hash.update(`\0${name}\0`).update(fs.readFileSync(path.join(project, name)));
  return hash.digest("hex");
}

function filesIn(project: string, name: string): readonly string[] {
  const place = path.join(project, name);
  if (!fs.existsSync(place)) return [];
  if (!fs.statSync(place).isDirectory()) return [name];
  const entries = fs.readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => path.relative(project, path.join(entry.parentPath, entry.name))).sort();
}
