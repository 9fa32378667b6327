import { bundleChildren } from "../fixtures/bundled-child.ts";
import { buildPackagesForWindows } from "../fixtures/compiled-package.ts";

/** What tests in Node for Windows need and cannot make there. */
export async function setup(): Promise<void> {
  buildPackagesForWindows();
  await bundleChildren();
}
