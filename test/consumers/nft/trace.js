import { cpSync } from "node:fs";
import { join } from "node:path";
import { nodeFileTrace } from "@vercel/nft";

/** Copies the files that the trace says a program needs, and those that the command line names in addition. */
const [program, to, ...more] = process.argv.slice(2);
const { fileList } = await nodeFileTrace([program]);
for (const file of [...fileList, ...more]) cpSync(file, join(to, file), { recursive: true, dereference: true });
