import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClientContext, Credential, type CredentialOptions, gssapiProvider, type SecurityProvider } from "sspi-ffi";
import { embeddedHost, embeddedPackage } from "sspi-ffi/packages";

/** Who logs on to whom. */
export interface Cast {
  readonly client: CredentialOptions;
  readonly server: CredentialOptions;
}

/** What the demo plays on. */
export interface Stage extends Disposable {
  readonly provider: SecurityProvider;
  readonly introduction: string;
  readonly title: string;
  readonly cast: Cast;
  /** Somebody who has to be refused. */
  readonly impostor?: { readonly title: string; readonly cast: Cast };
}

/** The current user on Windows, alice of a SAM file on WinPR. */
export function systemStage(provider: SecurityProvider): Stage {
  const introduction = `SSPI of ${provider.label}${provider.version ? `, version ${provider.version}` : ""}`;
  if (provider.kind === "winpr") return { introduction, ...winprStage(provider) };
  const client: CredentialOptions = { package: "Negotiate", use: "outbound", provider };
  const server: CredentialOptions = { package: "Negotiate", use: "inbound", provider };
  const title = "The current user logs on with Negotiate";
  return { provider, introduction, title, cast: { client, server }, [Symbol.dispose]() {} };
}

function winprStage(provider: SecurityProvider): Omit<Stage, "introduction"> {
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-demo-"));
  const samFile = join(folder, "SAM");
  // The NT hash of "userpw": MD4 of its UTF-16LE bytes. It is as good as the password, so nobody else may read it.
  writeFileSync(samFile, "alice:::2e24f97bff26b2458887a9b16a3c2c39:::\n", { mode: 0o600 });
  const cast = (password: string): Cast => ({
    client: { package: "NTLM", use: "outbound", identity: { user: "alice", password }, provider },
    server: { package: "NTLM", use: "inbound", winpr: { samFile }, provider },
  });
  return {
    provider,
    title: "alice logs on with NTLM",
    cast: cast("userpw"),
    impostor: { title: "alice with a wrong password", cast: cast("not her password") },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Whoever has a ticket logs on to HTTP/localhost, with keys of the system's keytab; the error where that cannot be. The
 * lab has both: `npm run lab -- start` prints the variables for a shell.
 */
export async function kerberosStage(): Promise<Stage | Error> {
  try {
    const provider = gssapiProvider();
    const client: CredentialOptions = { package: "Kerberos", use: "outbound", provider };
    const server: CredentialOptions = { package: "Kerberos", use: "inbound", provider };
    using outbound = await Credential.acquire(client);
    using _inbound = await Credential.acquire(server);
    using context = new ClientContext(outbound, { target: "HTTP/localhost" });
    await context.step();
    const user = outbound.query("names").sUserName;
    const stranger: CredentialOptions = { ...client, identity: { user, password: "not the password" } };
    return {
      provider,
      introduction: `Kerberos of ${provider.label}`,
      title: `${user} logs on with Kerberos`,
      cast: { client, server },
      impostor: { title: `${user} with a wrong password`, cast: { client: stranger, server } },
      [Symbol.dispose]() {},
    };
  } catch (error) {
    return error as Error;
  }
}

/** alice and a server that share a key, and somebody who says to be alice and has another one. */
export function embeddedStage(): Stage {
  const key = randomBytes(32);
  const house = embeddedHost({ keys: { alice: key } });
  const stranger = embeddedHost({ keys: { alice: randomBytes(32) } });
  const cast = (provider: SecurityProvider): Cast => ({
    client: { package: embeddedPackage, use: "outbound", principal: "alice", provider },
    server: { package: embeddedPackage, use: "inbound", provider: house.provider },
  });
  return {
    provider: house.provider,
    introduction: `  ${embeddedPackage} is sspi-ffi's own: client and server share a key. It is neither NTLM nor Kerberos,
  understood by nothing but sspi-ffi, and never used unless a program names it, as this demo does now.`,
    title: `alice logs on with ${embeddedPackage}, a pre-shared key`,
    cast: cast(house.provider),
    impostor: { title: "alice with a wrong key", cast: cast(stranger.provider) },
    [Symbol.dispose]() {
      stranger.close();
      house.close();
    },
  };
}
