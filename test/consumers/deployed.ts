/** Does what a user does to move a bundle to the place where it runs. */
export const koffiBeside = "have `koffi` in `node_modules` beside the bundle";

/** Commands that move a bundle and koffi, and nothing else, to a separate folder, and run the bundle there. */
export function deployed(bundle: string, program = "node"): readonly string[] {
  return [
    `mkdir -p "$ELSEWHERE/node_modules" && cp -r node_modules/koffi node_modules/@koromix "$ELSEWHERE/node_modules"`,
    `cp -r ${bundle} "$ELSEWHERE"`,
    `cd "$ELSEWHERE" && ${program} ./${bundle.split("/").at(-1)}`,
  ];
}
