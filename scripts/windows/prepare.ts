import { fetchKoffi, koffiResources } from "./koffi-for-windows.ts";
import { fetchNode, nodeExecutable } from "./node-for-windows.ts";
import { chosenNodes } from "./releases.ts";
import { makePrefixTemplate, prefixTemplate } from "./wine.ts";

/**
 * Prepares everything that the Windows suites need and Debian does not package, in `.cache/windows`; existing files are
 * kept. `tell` gets the name and the place of each part.
 */
export function prepareWindows(tell: (what: string) => void = () => {}): void {
  for (const major of chosenNodes()) {
    fetchNode(major);
    tell(`Node ${major} for Windows: ${nodeExecutable(major)}`);
  }
  fetchKoffi();
  tell(`koffi's binary for Windows: ${koffiResources()}`);
  makePrefixTemplate();
  tell(`a Wine prefix: ${prefixTemplate}`);
}
