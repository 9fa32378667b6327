import { buildPackagesForWindows } from "../fixtures/compiled-package.ts";

/** What tests in Node for Windows need and cannot make there. */
export function setup(): void {
  buildPackagesForWindows();
}
