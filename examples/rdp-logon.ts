/**
 * Asks a remote desktop whether it would let a user in, and goes:
 *
 *   RDP_PASSWORD=… node --import tsx examples/rdp-logon.ts host.example EXAMPLE.COM alice
 */
import { realpathSync } from "node:fs";
import { connect } from "node:net";
import { pathToFileURL } from "node:url";
import { type CredsspConnectOptions, CredsspError, CredsspStream } from "sspi-ffi/credssp";
import { askForCredssp } from "./rdp-prologue.ts";

export interface RdpLogon extends Omit<CredsspConnectOptions, "target" | "delegate"> {
  readonly host: string;
  readonly port?: number;
}

/** Whether the server took the password. @throws CredsspError, Error where that is not what was wrong */
export async function logsOn({ host, port = 3389, ...options }: RdpLogon): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await askForCredssp(socket);
    const target = `TERMSRV/${host}`;
    // It gets the password to keep: so it is named, and nobody else.
    await using stream = await CredsspStream.connect(socket, { target, delegate: [target], ...options });
    return stream.encrypted;
  } catch (error) {
    if (error instanceof CredsspError && error.code === "SEC_E_LOGON_DENIED") return false;
    throw error;
  } finally {
    socket.destroy();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync.native(process.argv[1])).href) {
  const [, , host = "localhost", domain = "", user = ""] = process.argv;
  const identity = { user, domain, password: process.env["RDP_PASSWORD"] ?? "" };
  console.log((await logsOn({ host, identity })) ? "The server would let you in." : "The server would not let you in.");
}
