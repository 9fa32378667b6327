import type { Amount } from "./cases.ts";

/** The amounts that a run of all tests has time for; `npm run fuzz` takes more. */
export const ntlmAmount: Amount = { structured: 3, bytes: 12, random: 20 };
export const kerberosAmount: Amount = { structured: 11, bytes: 20, random: 8 };
export const packageAmount: Amount = { structured: 1, bytes: 8, random: 12 };
/** Each of these exchanges takes some milliseconds. */
export const slowAmount: Amount = { structured: 6, bytes: 24, random: 6 };
