export { EmbeddedHost, type EmbeddedOptions, embeddedHost, embeddedPackage } from "./embedded-host.ts";
