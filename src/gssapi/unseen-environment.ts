import { SEC_E_NO_CREDENTIALS } from "../../generated/status/constants.ts";
import { Arena } from "../memory/index.ts";
import { readAnsiString } from "../native/index.ts";
import type { StoreEntries, StoreKey } from "./credential-store.ts";
import type { Role } from "./gssapi-credential.ts";
import { ProviderError } from "./gssapi-error.ts";
import type { GssapiLibrary } from "./gssapi-library.ts";

/** The variables by which the library finds a role's credentials if the store has no such entry. */
const variables: Readonly<Record<Role, readonly (readonly [string, StoreKey])[]>> = {
  outbound: [
    ["KRB5CCNAME", "ccache"],
    ["KRB5_CLIENT_KTNAME", "client_keytab"],
  ],
  inbound: [["KRB5_KTNAME", "keytab"]],
};

/** The option for each entry, for error messages. */
const optionOf: Readonly<Record<StoreKey, string>> = {
  ccache: "ccache",
  keytab: "keytab",
  client_keytab: "clientKeytab",
  rcache: "replayCache",
};

interface Wanted {
  readonly roles: readonly Role[];
  readonly store: StoreEntries;
  /** Whether a client logs on with a password, and so needs no existing tickets. */
  readonly password: boolean;
}

/**
 * Refuses to continue if `process.env` names a cache, a keytab or a configuration that the library does not see: the
 * environment of a worker thread is a copy, and the library ignores the environment in a process with raised
 * privileges. The library would use the process's defaults, which may belong to another user.
 *
 * @throws ProviderError SEC_E_NO_CREDENTIALS
 */
export function checkEnvironment(library: Pick<GssapiLibrary, "find">, { roles, store, password }: Wanted): void {
  const seen = libraryView(library);
  if (!seen) return;
  compare("KRB5_CONFIG", seen, "start the worker with env: SHARE_ENV");
  for (const role of roles.filter((one) => one === "inbound" || !password))
    for (const [variable, key] of variables[role])
      if (store[key] === undefined) compare(variable, seen, `say kerberos.${optionOf[key]}`);
}

function compare(variable: string, seen: (variable: string) => string, advice: string): void {
  if ((process.env[variable] ?? "") === seen(variable)) return;
  const why = `${variable} of process.env is not what the library sees, as in a worker thread or a process with privileges`;
  throw new ProviderError(SEC_E_NO_CREDENTIALS, `${why}: ${advice}`);
}

/**
 * Returns a reader of the environment as the library sees it; undefined on systems without that function, such as
 * macOS.
 */
function libraryView(library: Pick<GssapiLibrary, "find">): ((variable: string) => string) | undefined {
  const ask = library.find("secure_getenv");
  if (!ask) return undefined;
  const arena = new Arena(64);
  return (variable) => {
    arena.bytes.fill(0);
    arena.bytes.set(Buffer.from(variable));
    return readAnsiString(BigInt(ask(arena.base) as number | bigint));
  };
}
