import { fetchKoffi } from "./koffi-for-windows.ts";
import { fetchNode } from "./node-for-windows.ts";
import { chosenNodes } from "./releases.ts";
import { makePrefixTemplate } from "./wine.ts";

/** Everything the Windows suites need that is no Debian package, in `.cache/windows`; what is there is kept. */
export function prepareWindows(): void {
  for (const major of chosenNodes()) fetchNode(major);
  fetchKoffi();
  makePrefixTemplate();
}
