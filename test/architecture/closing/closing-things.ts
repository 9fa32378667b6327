import { SEC_E_INVALID_TOKEN, SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import { ownToken } from "../../../src/contexts/access-token.ts";
import { certificateOf } from "../../../src/credentials/certificates/certificate.ts";
import { openPfx } from "../../../src/credentials/certificates/open-pfx.ts";
import { identityOf } from "../../../src/credentials/identities/auth-identity.ts";
import { encodeIdentity } from "../../../src/credentials/identities/make-identity.ts";
import { DelegatedCredentials } from "../../../src/credssp/delegated-credentials.ts";
import { ClientContext, Credential, importContext, ServerContext } from "../../../src/index.ts";
import { definePackage, PackageHost } from "../../../src/packages.ts";
import { handshake } from "../../packages/hosted.ts";
import { testDefinition } from "../../packages/test-package.ts";
import { ScriptedCertificates } from "../../scripted/scripted-certificates.ts";
import { ScriptedIdentities } from "../../scripted/scripted-identities.ts";
import { ScriptedSspi } from "../../scripted/scripted-provider.ts";
import type { Script } from "../../scripted/scripted-script.ts";
import { ready, scriptedProvider } from "../public-arguments/ready.ts";

/** An object that can be closed, in one of its states; `close` closes it, and `end` closes what it depends on. */
export interface ClosingThing {
  readonly subject: object;
  readonly close: () => void;
  readonly end?: () => void;
}

type Make = () => ClosingThing | Promise<ClosingThing>;

const done = { status: SEC_E_OK };
const going = { status: SEC_I_CONTINUE_NEEDED, token: Buffer.from("token") };
const wrong = { status: SEC_E_INVALID_TOKEN };
const token = Buffer.from("a token of the peer");

function thing<T extends { close(): void }>(subject: T): ClosingThing {
  return { subject, close: () => subject.close() };
}

/** The states that a context can be in, by name. */
function states(party: typeof ClientContext | typeof ServerContext): Readonly<Record<string, Make>> {
  const begun = (script: Script, steps = 1): ClientContext | ServerContext => {
    const { provider } = new ScriptedSspi({ applyControl: () => SEC_E_OK, ...script });
    using credential = Credential.acquireSync({ package: "Scripted", use: "both", provider });
    const context = new party(credential);
    for (let step = 0; step < steps; step += 1) context.stepSync(token);
    return context;
  };
  return {
    fresh: () => thing(begun({}, 0)),
    "with legs to go": () => thing(begun({ legs: [going] })),
    complete: () => thing(begun({ legs: [done] })),
    failed: () => {
      const context = begun({ legs: [going, wrong] });
      try {
        context.stepSync(token);
      } catch {}
      return thing(context);
    },
    "shut down": () => {
      const context = begun({ legs: [done, done] });
      context.shutdownSync();
      return thing(context);
    },
    "to be authenticated again": () => {
      const context = begun({ legs: [done, done] });
      context.reauthenticate();
      return thing(context);
    },
    "in a step": () => {
      let open = (): void => {};
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      const context = begun({ legs: [going, going], gate: () => gate });
      const step = context.step(token);
      return {
        ...thing(context),
        end: () => {
          open();
          return void step;
        },
      };
    },
    "in a step that was cancelled": async () => {
      let open = (): void => {};
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      const context = begun({ legs: [going, going], gate: () => gate });
      await context.step(token, { timeout: 1 }).catch(() => {});
      return { ...thing(context), end: () => open() };
    },
    exported: () => {
      const { pair, end } = hosted();
      const [mine, other] = party === ClientContext ? [pair.client, pair.server] : [pair.server, pair.client];
      mine.export({ deleteOld: true });
      other.close();
      return { ...thing(mine), end };
    },
  };
}

/** Both sides of a package in TypeScript, complete. */
function hosted() {
  const host = new PackageHost();
  const defined = definePackage(testDefinition);
  host.add(defined);
  const end = (): void => {
    host.close();
    defined.close();
  };
  return { pair: handshake(host.provider), provider: host.provider, end };
}

function imported(exported: boolean): ClosingThing {
  const { pair, provider, end } = hosted();
  const subject = importContext({ ...pair.client.export(), provider });
  pair[Symbol.dispose]();
  if (exported) subject.export({ deleteOld: true });
  return { ...thing(subject), end };
}

function used(work: (credentials: DelegatedCredentials) => void): ClosingThing {
  const password = { user: "alice", domain: "EXAMPLE", password: Buffer.from("p\0w\0", "latin1") };
  const credentials = new DelegatedCredentials(password as never, undefined);
  work(credentials);
  return thing(credentials);
}

function once(name: string): Readonly<Record<string, Make>> {
  return { fresh: () => (ready[name] as NonNullable<(typeof ready)[string]>)("") };
}

/** How to create an instance of each class in each of its states. */
export const things: Readonly<Record<string, Readonly<Record<string, Make>>>> = {
  ClientContext: states(ClientContext),
  ServerContext: states(ServerContext),
  ImportedContext: { complete: () => imported(false), exported: () => imported(true) },
  AccessToken: {
    fresh: () => thing(ownToken(scriptedReleases().provider, 0x1234n)),
    taken: () => {
      const own = ownToken(scriptedReleases().provider, 0x1234n);
      own.take();
      return thing(own);
    },
  },
  Certificate: {
    fresh: () => {
      const { functions } = new ScriptedCertificates([{ der: Buffer.from("alice's"), container: "alice" }]);
      return thing(certificateOf(openPfx(functions, Buffer.from("pfx"), "", {})));
    },
  },
  AuthIdentity: {
    fresh: () => thing(identityOf(encodeIdentity(new ScriptedIdentities().functions, { user: "alice" }))),
  },
  DelegatedCredentials: { fresh: () => used(() => {}), used: () => used((one) => one.use(() => {})) },
  Credential: {
    fresh: () => thing(Credential.acquireSync({ package: "Scripted", use: "both", provider: scriptedProvider })),
  },
  ...Object.fromEntries(
    [
      ...["PackageHost", "EmbeddedHost", "SchannelStandIn", "CredsspHost", "DefinedPackage", "DefinedPackages"],
      ...["HttpAuthenticator", "NegotiateProxyAgent", "NegotiateDispatcher"],
    ].map((name) => [name, once(name)]),
  ),
};

/** A provider whose release functions always succeed. */
function scriptedReleases(): { provider: never } {
  return { provider: { CloseHandle: () => 1 } as never };
}
