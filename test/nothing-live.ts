import { live } from "../src/index.ts";

/** What `live()` answers when everything is released: zero for each kind that it tells of. */
export const nothingLive = Object.fromEntries(Object.keys(live()).map((kind) => [kind, 0])) as ReturnType<typeof live>;
