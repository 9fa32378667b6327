import { readFileSync, writeFileSync } from "node:fs";

/** A program that names each entry point, so that the types of each are read. */
const { name, exports } = JSON.parse(readFileSync("node_modules/sspi-ffi/package.json", "utf8"));
const lines = Object.entries(exports)
  .filter(([, target]) => typeof target === "object")
  .map(([path], index) => `export type * as entry${index} from "${name}${path.slice(1)}";\n`);
writeFileSync("entries.ts", lines.join(""));
