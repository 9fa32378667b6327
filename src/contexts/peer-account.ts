import { SE_GROUP } from "../../generated/winnt/constants.ts";
import type { SharedHandle } from "../memory/index.ts";
import type { ClientAccount } from "../native/index.ts";
import { SspiError } from "../status/index.ts";
import { flagNames } from "../values/index.ts";
import { openAccessToken } from "./access-token.ts";
import { type Group, type Peer, PeerGroupsError, PeerNameError } from "./peer.ts";
import { accountOf, type PeerName } from "./peer-name.ts";

/** A peer, with the function that reads its groups. */
export class AuthenticatedPeer implements Peer {
  readonly name: string;
  readonly account: string;
  declare readonly realm?: string;
  declare readonly domain?: string;
  readonly package: string;
  readonly #groups: () => Promise<readonly Group[]>;

  constructor({ name, account, realm, domain }: PeerName, by: string, groups: () => Promise<readonly Group[]>) {
    this.name = name;
    this.account = account;
    if (realm !== undefined) this.realm = realm;
    if (domain !== undefined) this.domain = domain;
    this.package = by;
    this.#groups = groups;
  }

  groups(): Promise<readonly Group[]> {
    return this.#groups();
  }
}

/**
 * The groups of a server's client: those that a domain controller signed, or, from providers with access tokens, those
 * of the client's token.
 */
export async function clientGroups(context: SharedHandle): Promise<readonly Group[]> {
  if (!context.provider.clientAccount) {
    using token = openAccessToken(context);
    return await token.groups();
  }
  const account = signedAccount(context, (cause) => new PeerGroupsError(unreadable, cause));
  if (!account) throw new PeerGroupsError("the client's ticket has no authenticated data of a domain controller");
  return account.groups.map(({ sid, attributes }) => ({ sid, attributes: flagNames(SE_GROUP, attributes) }));
}

/**
 * The name `DOMAIN\\account` of a client in the server's own realm. Clients of other realms are refused: another
 * realm's domain controller may choose any name for its domain, and the name alone would not tell the two domains
 * apart.
 *
 * @throws PeerNameError
 */
export function windowsName(context: SharedHandle, name: PeerName, serverRealm: () => string | undefined): PeerName {
  if (name.domain !== undefined) return name;
  const account = signedAccount(context, (cause) => new PeerNameError(unreadable, cause));
  if (!account) throw new PeerNameError("no domain controller has signed its Windows name");
  if (name.realm === undefined || name.realm !== serverRealm())
    throw new PeerNameError(`its realm ${name.realm ?? ""} is not the server's, and may call its domain as it likes`);
  const found = accountOf(account.domain, account.account);
  if (found?.domain === undefined) throw new PeerNameError("its Windows name is no qualified name");
  return { ...found, realm: name.realm };
}

const unreadable = "what the domain controller signed cannot be read";

function signedAccount({ provider, slot }: SharedHandle, failed: (cause: unknown) => Error): ClientAccount | undefined {
  try {
    return provider.clientAccount?.(slot.address);
  } catch (error) {
    throw error instanceof SspiError ? error : failed(error);
  }
}
