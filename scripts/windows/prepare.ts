import { fetchKoffi, koffiResources } from "./koffi-for-windows.ts";
import { fetchNode, nodeExecutable } from "./node-for-windows.ts";
import { chosenNodes } from "./releases.ts";
import { makePrefixTemplate, prefixTemplate } from "./wine.ts";

/**
 * Everything the Windows suites need that is no Debian package, in `.cache/windows`; what is there is kept.
 * `tell` is told what there is and where.
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
