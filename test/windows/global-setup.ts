import { bundleChildren } from "../fixtures/bundled-child.ts";
import { buildPackagesForWindows } from "../fixtures/compiled-package.ts";

/** Builds what the tests in Node for Windows need but cannot build there. */
export async function setup(): Promise<void> {
  buildPackagesForWindows();
  await bundleChildren();
}
