import { randomBytes } from "node:crypto";
import { embeddedHost } from "sspi-ffi/packages";
import { handshakes } from "./handshake.js";

{
  using host = embeddedHost({ keys: { alice: randomBytes(32) } });
  if (host.closed) throw new Error("closed too early");
}
console.log((await handshakes()).join("\n"));
