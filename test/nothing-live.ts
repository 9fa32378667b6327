import { live } from "../src/index.ts";

/** The result of `live()` when everything is released: zero for each kind. */
export const nothingLive = Object.fromEntries(Object.keys(live()).map((kind) => [kind, 0])) as ReturnType<typeof live>;
