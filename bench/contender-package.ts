import type { CredentialRequest, LegRequest, PackageLeg, Session } from "../src/packages/author/index.ts";
import { embeddedDefinition } from "../src/packages/embedded/embedded-definition.ts";
import { KeyStore } from "../src/packages/embedded/key-store.ts";
import { type Contender, expect, target } from "./contender.ts";
import { embeddedToken, hostedKeys, hostedServer } from "./contender-hosted.ts";

const caller = { processId: process.pid, threadId: 0, logonId: { LowPart: 0, HighPart: 0 } };
const nothing = { identity: undefined, schannel: undefined, credssp: undefined, client: caller };
const plain = { quality: 0, sequence: 0, associated: Buffer.alloc(0) };

/**
 * The embedded package's own functions, called without a host, native structs or contexts: whoever uses the package
 * cannot be faster.
 */
export function packageContender(name: string): Contender {
  const definition = embeddedDefinition({ keys: new KeyStore(hostedKeys), server: hostedServer, lifetime: 36_000 });
  const acquire = (use: "inbound" | "outbound", principal: string | undefined) =>
    definition.acquireCredentials({ ...nothing, use, principal } as CredentialRequest);
  const [outbound, inbound] = [acquire("outbound", "alice"), acquire("inbound", undefined)];
  type State = Parameters<NonNullable<typeof definition.deleteContext>>[0];
  type Leg = PackageLeg<State, string>;

  function request(credential: typeof outbound, leg: Leg | undefined, token: Buffer | undefined) {
    const context = leg && "context" in leg ? leg.context : undefined;
    const given: LegRequest<typeof outbound, State, never> = {
      credential,
      context,
      token,
      requested: [],
      channelBindings: undefined,
      buffers: [],
    };
    return given;
  }

  function open(leg: Leg | undefined): Session {
    if (leg?.status !== "complete" || leg.session === undefined) throw new Error("the package's handshake failed");
    const packed = Buffer.from(leg.session);
    definition.deleteContext?.(leg.context);
    return definition.openSession?.(packed, { from: "handshake", token: undefined }) as Session;
  }

  function handshake(): readonly [Session, Session] {
    const hello = definition.initContext?.({ ...request(outbound, undefined, undefined), target });
    const challenge = definition.acceptContext?.(request(inbound, undefined, tokenOf(hello)));
    const proof = definition.initContext?.({ ...request(outbound, hello, tokenOf(challenge)), target });
    const end = definition.acceptContext?.(request(inbound, challenge, tokenOf(proof)));
    return [open(proof), open(end)];
  }

  return {
    name,
    handshakes(count) {
      for (let index = 0; index < count; index += 1) for (const session of handshake()) session.close?.();
    },
    establish() {
      const [client, server] = handshake();
      return {
        protect(count, bytes) {
          const message = bytes.subarray(embeddedToken);
          for (let index = 0; index < count; index += 1) {
            const sealed = client.seal?.(message, plain);
            const opened = sealed && server.unseal?.(sealed.data as Buffer, sealed.token as Buffer, plain);
            expect(opened?.length === message.length, "protection by the package");
          }
        },
        close() {
          for (const session of [client, server]) session.close?.();
        },
      };
    },
  };
}

function tokenOf(leg: PackageLeg<unknown, string> | undefined): Buffer {
  if (!leg || !("token" in leg) || leg.token === undefined) throw new Error("a leg of the package has no token");
  return leg.token as Buffer;
}
