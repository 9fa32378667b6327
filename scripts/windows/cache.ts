import { join } from "node:path";
import { architecture } from "./architecture.ts";

/** The project's folder; npm starts scripts and suites in it. */
export const root = process.cwd();

/** Fetched or made files for the Windows suites. Removing them costs a minute to make them again. */
export const cache = join(root, ".cache", "windows");

/** The suffix of names in the cache whose content depends on the architecture. */
export const suffix = architecture === "x64" ? "" : `-${architecture}`;
