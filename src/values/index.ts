export { checkBytes, checkKey, checkMutableBytes, checkName, checkText, checkUint } from "./arguments.ts";
export { DerReader, readObjectIdentifier } from "./der-reader.ts";
export { type FlagGroup, flagBits, flagNames } from "./flags.ts";
export { maxSubAuthorities, readSid, sidBytes, sidText } from "./sid.ts";
export { dateOfTicks, ticksOfDate } from "./ticks.ts";
