/** `fCredentialUse`: `inbound` to accept (a server), `outbound` to initiate (a client), or `both`. */
export type CredentialUse = "inbound" | "outbound" | "both";

export const uses: readonly CredentialUse[] = ["inbound", "outbound", "both"];
