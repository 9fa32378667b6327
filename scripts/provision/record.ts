import { join } from "node:path";

/** Where `npm run provision` notes the libraries that the distribution does not have: `{ "absent": [soname] }`. */
export const provisionRecord = join(".cache", "provision.json");
