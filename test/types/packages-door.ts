/**
 * Compiled by `npm run types`, never run: every `@ts-expect-error` below is a mistake that the compiler has to
 * report.
 */
import { Credential } from "sspi-ffi";
import {
  type DefinedPackage,
  type DefinedPackages,
  definePackage,
  definePackages,
  type EmbeddedHost,
  embeddedHost,
  embeddedPackage,
  PackageError,
  PackageHost,
  type Session,
} from "sspi-ffi/packages";

interface Account {
  readonly user: string;
}

// Credentials and contexts are the package's own values, and keep their types from call to call.
const defined = definePackage<Account, number>({
  name: "Typed",
  maxToken: 16,
  capabilities: ["integrity", "mutualAuth"],
  acquireCredentials: ({ identity }) => ({ user: identity?.user ?? "" }),
  initContext({ credential, context = 0, requested }) {
    const user: string | undefined = credential?.user;
    return { status: "continue", context: context + 1, token: Buffer.from(`${user} ${requested.length}`) };
  },
  // @ts-expect-error a context of another type
  acceptContext: () => ({ status: "complete", context: "one" }),
});
const kept: DefinedPackage<Account, number> = defined;

// Several definitions, each with its own types, make one module.
const module: DefinedPackages = definePackages([
  { name: "One", maxToken: 1, acquireCredentials: () => "one" },
  { name: "Two", maxToken: 1, acquireCredentials: () => 2, callPackage: ({ message }) => message },
]);
// @ts-expect-error a module has packages, not a package's own state
module.faults;
// @ts-expect-error a message is answered with bytes
definePackage({ name: "X", maxToken: 1, acquireCredentials: () => 1, callPackage: () => "text" });

const account = { name: "X", maxToken: 1, acquireCredentials: () => 1 };
// @ts-expect-error a package has to make credentials
definePackage({ name: "X", maxToken: 1 });
// @ts-expect-error no such capability
definePackage({ ...account, capabilities: ["mutual"] });
// @ts-expect-error no such status of a leg
definePackage({ ...account, initContext: () => ({ status: "done", context: 1 }) });
const granted = ["forwardCredentials"] as const;
// @ts-expect-error a flag that a server does not report
definePackage({ ...account, acceptContext: () => ({ status: "complete", context: 1, granted }) });
// @ts-expect-error a package answers at once
definePackage({ ...account, acceptContext: async () => ({ status: "complete", context: 1 }) });

// Sessions return attributes in the form that a caller of `query` gets.
const session: Session = { query: { names: () => ({ sUserName: "alice" }) }, sign: (message) => message };
// @ts-expect-error a field of another type
const wrong: Session = { query: { names: () => ({ sUserName: 5 }) } };
// @ts-expect-error verify returns a boolean, not a signature
const mistaken: Session = { verify: (message: Buffer) => message };

// Failures are the headers' names.
const denied = new PackageError("SEC_E_LOGON_DENIED", { token: Buffer.from("no") });
// @ts-expect-error no such status
new PackageError("SEC_E_LOGON_REFUSED");

// A host accepts modules with entry points, and its provider is what credentials take.
const host = new PackageHost();
host.add(defined);
// @ts-expect-error a definition is no package until definePackage()
host.add(account);
Credential.acquireSync({ package: "Typed", use: "inbound", provider: host.provider });
// @ts-expect-error the host is no provider, its property `provider` is
Credential.acquireSync({ package: "Typed", use: "inbound", provider: host });

const embedded: EmbeddedHost = embeddedHost({ keys: { alice: new Uint8Array(32) }, lifetime: 60 });
const name: "SspiFfiPsk" = embeddedPackage;
// @ts-expect-error a key is bytes, not a password
embeddedHost({ keys: { alice: "userpw" } });
// @ts-expect-error the keys are required
embeddedHost({ lifetime: 60 });

export { denied, embedded, kept, mistaken, name, session, wrong };
