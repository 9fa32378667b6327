export { packNumber, unpackConnection } from "./packed-number.ts";
export { protocolsOf } from "./protocols.ts";
export { type ConnectionLeg, SchannelConnection, type TlsSource } from "./schannel-connection.ts";
export { asSchannel } from "./schannel-failure.ts";
export { recordCapabilities } from "./stand-in-definition.ts";
export { SchannelStandIn, schannelStandIn } from "./stand-in-host.ts";
export type { SchannelStandInOptions } from "./stand-in-options.ts";
export { recordLength } from "./tls-records.ts";
