/** TypeScript's `protected`. */
const hidden = ["exchange", "details", "forgetSizes"];

/** What a class offers: methods and properties, also those of the classes that it extends, up to `base`. */
export function membersOf(object: object, base: object = Object.prototype): readonly string[] {
  const found: string[] = [];
  for (let at = Object.getPrototypeOf(object); at !== base && at !== null; at = Object.getPrototypeOf(at))
    found.push(...Object.getOwnPropertyNames(at));
  return found.filter((name) => !["constructor", ...hidden].includes(name));
}
