export { SchannelStandIn, schannelStandIn } from "./stand-in-host.ts";
export type { SchannelStandInOptions } from "./stand-in-options.ts";
