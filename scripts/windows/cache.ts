import { join } from "node:path";
import { architecture } from "./architecture.ts";

/** The project's folder; scripts and suites are started from it, as npm does. */
export const root = process.cwd();

/** What was fetched or made for the Windows suites. Removing it costs a minute of making it again. */
export const cache = join(root, ".cache", "windows");

/** What names in the cache end with where architectures have things of their own. */
export const suffix = architecture === "x64" ? "" : `-${architecture}`;
