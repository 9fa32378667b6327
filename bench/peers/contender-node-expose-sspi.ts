import { createRequire } from "node:module";
import { join } from "node:path";
import { type Contender, expect, target } from "../contender.ts";

type Handle = { readonly handle: unique symbol };

interface Leg {
  readonly SECURITY_STATUS: string;
  readonly contextHandle: Handle;
  readonly SecBufferDesc: { readonly ulVersion: number; readonly buffers: readonly ArrayBuffer[] };
}

/** What is used of the package's addon, as its own declarations have it. */
interface NodeExposeSspi {
  EnumerateSecurityPackages(): readonly { readonly Name: string }[];
  AcquireCredentialsHandle(input: { packageName: string; credentialUse: string }): { readonly credential: Handle };
  FreeCredentialsHandle(credential: Handle): void;
  InitializeSecurityContext(input: object): Leg;
  AcceptSecurityContext(input: object): Leg;
  DeleteSecurityContext(context: Handle): void;
}

const agreed = ["MUTUAL_AUTH", "REPLAY_DETECT", "SEQUENCE_DETECT", "CONFIDENTIALITY", "INTEGRITY"];
const common = { targetDataRep: "SECURITY_NATIVE_DREP" };
const cbMaxToken = 12_000;

/** npm's `node-expose-sspi`, an addon whose functions all block, in the given folder. */
export function nodeExposeSspiContender(name: string, folder: string): Contender {
  const { sspi } = createRequire(import.meta.url)(join(folder, "lib", "api.js")) as { readonly sspi: NodeExposeSspi };
  const acquire = (way: "INBOUND" | "OUTBOUND"): Handle =>
    sspi.AcquireCredentialsHandle({ packageName: "Negotiate", credentialUse: `SECPKG_CRED_${way}` }).credential;
  const [outbound, inbound] = [acquire("OUTBOUND"), acquire("INBOUND")];
  const contextReq = agreed.map((flag) => `ISC_REQ_${flag}`);
  const from = { ...common, credential: outbound, targetName: target, contextReq, cbMaxToken };
  const to = { ...common, credential: inbound, contextReq: agreed.map((flag) => `ASC_REQ_${flag}`) };
  return {
    name,
    handshakes(count) {
      for (let index = 0; index < count; index += 1) {
        const hello = sspi.InitializeSecurityContext({ ...from, isFirstCall: true });
        const answer = sspi.AcceptSecurityContext({ ...to, SecBufferDesc: hello.SecBufferDesc });
        const { contextHandle } = hello;
        const { SecBufferDesc } = answer;
        const end = sspi.InitializeSecurityContext({ ...from, contextHandle, SecBufferDesc, isFirstCall: false });
        expect(end.SECURITY_STATUS === "SEC_E_OK" && answer.SECURITY_STATUS === "SEC_E_OK", `handshake of ${name}`);
        sspi.DeleteSecurityContext(end.contextHandle);
        sspi.DeleteSecurityContext(answer.contextHandle);
      }
    },
    lists(count) {
      for (let index = 0; index < count; index += 1)
        expect(sspi.EnumerateSecurityPackages().length > 1, `list of ${name}`);
    },
    acquisitions(count) {
      for (let index = 0; index < count; index += 1) sspi.FreeCredentialsHandle(acquire("OUTBOUND"));
    },
    close() {
      for (const credential of [outbound, inbound]) sspi.FreeCredentialsHandle(credential);
    },
  };
}
