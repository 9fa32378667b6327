import { ClientContext, Credential, type Leg } from "sspi-ffi";
import { definePackage, embeddedHost, type Session } from "sspi-ffi/packages";
import { ISC_REQ_MUTUAL_AUTH, type SecBuffer } from "sspi-ffi/raw";

export const session: Session = { sign: (message) => message };
export const mine = definePackage({ name: "X", maxToken: 1, acquireCredentials: () => 1 });
export const embedded: Disposable = embeddedHost({ keys: {} });
using credential = Credential.acquireSync({ package: "Negotiate", use: "outbound" });
const context = new ClientContext(credential, { require: ["confidentiality"] });
export const leg: Leg = context.stepSync();
export const bytes: Buffer | undefined = leg.token;
export const size: number = context.query("sizes").cbMaxToken;
export const flag: 2 = ISC_REQ_MUTUAL_AUTH;
export const buffer: SecBuffer = { cbBuffer: 0, BufferType: 0, pvBuffer: 0n };
// @ts-expect-error no such field
context.query("sizes").nothing;
