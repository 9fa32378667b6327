import { surfaceJson } from "./emit/surface-json.ts";
import { ownMetadata, readModelOf } from "./metadata-folder.ts";

const read = readModelOf(process.argv[2] ?? ownMetadata);
if ("mistakes" in read) {
  console.error(read.mistakes.join("\n"));
  process.exitCode = 1;
} else {
  process.stdout.write(`${JSON.stringify(surfaceJson(read.model), null, 2)}\n`);
}
