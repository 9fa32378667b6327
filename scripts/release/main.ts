import { releaseFiles } from "./files.ts";
import { missingForRelease } from "./missing.ts";

const [tag] = process.argv.slice(2);
const missing = missingForRelease({ ...releaseFiles(), ...(tag === undefined ? {} : { tag }) });
console.log(missing.length === 0 ? "Nothing is missing for a release." : missing.join("\n"));
process.exitCode = missing.length === 0 ? 0 : 1;
