export { type LogonInfo, type PacGroup, readLogonInfo } from "./logon-info.ts";
export { readUpnDnsInfo, type UpnDnsInfo } from "./upn-dns-info.ts";
