import { ISC_REQ, SECBUFFER_EMPTY, SECBUFFER_TOKEN, SECPKG_CRED } from "../generated/sspi/constants.ts";
import { SEC_I_COMPLETE_NEEDED, SEC_I_CONTINUE_NEEDED } from "../generated/status/constants.ts";
import { SECPKG_ATTR_AUTH_NTLM_SAM_FILE } from "../generated/winpr/constants.ts";
import { writeIdentity } from "../src/credentials/identities/identity.ts";
import { HandleSlot, leaseWorkspace, returnWorkspace, SharedHandle, writeWideString } from "../src/memory/index.ts";
import type { SecurityProvider } from "../src/native/index.ts";
import { alice, type Contender, expect, type Setting, target } from "./contender.ts";

const [maxToken, nativeRepresentation] = [2888, 0x10];
const flags = ISC_REQ.confidentiality;

interface Leg {
  readonly status: number;
  readonly token: Buffer;
}

/** The memory layer and the provider alone: what a handshake costs before contexts add checks, names and owners. */
export function layerContender({ samFile }: Setting, provider: SecurityProvider): Contender {
  const path = Buffer.from(`${samFile}\0`);

  function acquire(use: number, identified: boolean): SharedHandle {
    const workspace = leaseWorkspace();
    workspace.clearLeg();
    const name = writeWideString(workspace.arena, "NTLM");
    const identity = identified ? writeIdentity(workspace.arena, alice) : undefined;
    const slot = HandleSlot.lease();
    const auth = identity?.address ?? 0;
    const { expiryAddress } = workspace;
    const status = provider.AcquireCredentialsHandleW(0, name.address, use, 0, auth, 0, 0, slot.address, expiryAddress);
    workspace.arena.wipe();
    returnWorkspace(workspace);
    expect(status === 0, "acquiring in the layer");
    return new SharedHandle(provider, slot, "FreeCredentialsHandle");
  }

  function leg(use: number, credential: SharedHandle, context: HandleSlot, token?: Buffer, first = false): Leg {
    const workspace = leaseWorkspace();
    const { arena, input, output, attributesAddress, expiryAddress } = workspace;
    workspace.clearLeg();
    if (token) {
      const given = arena.allocate(token.length);
      arena.bytes.set(token, given.offset);
      input.length = 2;
      input.set(0, SECBUFFER_TOKEN, given.address, token.length);
      input.set(1, SECBUFFER_EMPTY, 0, 0);
    }
    const room = arena.allocate(maxToken);
    output.length = 1;
    output.set(0, SECBUFFER_TOKEN, room.address, maxToken);
    const existing = first ? 0 : context.address;
    const given = token ? input.address : 0;
    const status =
      use === SECPKG_CRED.outbound
        ? provider.InitializeSecurityContextW(
            credential.slot.address,
            existing,
            writeWideString(arena, target).address,
            flags,
            0,
            nativeRepresentation,
            given,
            0,
            context.address,
            output.address,
            attributesAddress,
            expiryAddress,
          )
        : provider.AcceptSecurityContext(
            credential.slot.address,
            existing,
            given,
            flags,
            nativeRepresentation,
            context.address,
            output.address,
            attributesAddress,
            expiryAddress,
          );
    if (status === SEC_I_COMPLETE_NEEDED) provider.CompleteAuthToken(context.address, output.address);
    const answer = Buffer.from(room.bytes(output.size(0)));
    returnWorkspace(workspace);
    return { status, token: answer };
  }

  function setSamFile(context: HandleSlot): void {
    const workspace = leaseWorkspace();
    const room = workspace.arena.allocate(path.length);
    room.bytes().set(path);
    provider.SetContextAttributesW(context.address, SECPKG_ATTR_AUTH_NTLM_SAM_FILE, room.address, path.length - 1);
    returnWorkspace(workspace);
  }

  function handshake(clientCredential: SharedHandle, serverCredential: SharedHandle): void {
    const [client, server] = [HandleSlot.lease(), HandleSlot.lease()];
    const first = leg(SECPKG_CRED.outbound, clientCredential, client, undefined, true);
    const challenge = leg(SECPKG_CRED.inbound, serverCredential, server, first.token, true);
    setSamFile(server);
    const response = leg(SECPKG_CRED.outbound, clientCredential, client, challenge.token);
    const end = leg(SECPKG_CRED.inbound, serverCredential, server, response.token);
    expect(challenge.status === SEC_I_CONTINUE_NEEDED && response.status === 0, "handshake in the layer");
    expect(end.status === SEC_I_COMPLETE_NEEDED, "handshake in the layer");
    new SharedHandle(provider, client, "DeleteSecurityContext").letGo();
    new SharedHandle(provider, server, "DeleteSecurityContext").letGo();
  }

  return {
    name: "layer",
    handshakes(count, reuse) {
      const shared = reuse ? acquire(SECPKG_CRED.outbound, true) : undefined;
      for (let index = 0; index < count; index += 1) {
        const clientCredential = shared ?? acquire(SECPKG_CRED.outbound, true);
        const serverCredential = acquire(SECPKG_CRED.inbound, false);
        handshake(clientCredential, serverCredential);
        if (!shared) clientCredential.letGo();
        serverCredential.letGo();
      }
      shared?.letGo();
    },
  };
}
