import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { publicMembers } from "./public-members.ts";
import { referencePages } from "./reference.ts";

const root = join(import.meta.dirname, "../..");

rmSync(join(root, "docs/reference"), { recursive: true, force: true });
for (const [path, text] of referencePages(publicMembers())) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
