import { cpSync } from "node:fs";
import { join } from "node:path";
import { nodeFileTrace } from "@vercel/nft";

/** Copies what a program needs, as far as is traced, and what the command line names beside it. */
const [program, to, ...more] = process.argv.slice(2);
const { fileList } = await nodeFileTrace([program]);
for (const file of [...fileList, ...more]) cpSync(file, join(to, file), { recursive: true, dereference: true });
