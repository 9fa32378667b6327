import { randomBytes } from "node:crypto";
import type { SecurityProvider } from "../../../src/index.ts";
import { definePackage, PackageError, PackageHost } from "../../../src/packages.ts";

/** A context between its legs. */
interface Begun {
  readonly user: string;
  readonly nonce: string;
}

export interface HttpPackageOptions {
  /** The name of a user; the context names nobody where this is undefined. */
  readonly nameOf?: (user: string) => string | undefined;
  /** Called at every leg, on the thread that the leg runs on. */
  readonly onLeg?: (text: string) => void;
}

/**
 * A security package whose tokens a test can write by hand: `ticket alice` completes in one leg, `begin alice` is
 * answered with `challenge NONCE`, and `prove NONCE` completes that. The server's last token is `welcome alice`, and
 * `denied alice` in an error. Users whose name begins with `!` are refused. A token may begin with 0x60, as GSS-API's
 * first tokens do, which is a backtick.
 */
function httpPackage(name: string, { nameOf = (user) => user, onLeg }: HttpPackageOptions) {
  const complete = (user: string) => {
    if (user.startsWith("!")) throw new PackageError("SEC_E_LOGON_DENIED", { token: Buffer.from(`denied ${user}`) });
    const welcome = Buffer.from(user.startsWith("mute") ? "" : `welcome ${user}`);
    return { status: "complete", context: { user, nonce: "" }, token: welcome, session: Buffer.from(user) } as const;
  };
  return definePackage<Record<string, never>, Begun>({
    name,
    maxToken: 100_000,
    capabilities: ["connection", "integrity"],
    acquireCredentials: () => ({}),
    acceptContext({ context, token, channelBindings, requested }) {
      const text = String(token).replace(/^`/, "");
      onLeg?.(text);
      const [verb = "", word = "", bound] = text.split(" ");
      if (verb === "begin" && !context) {
        const nonce = randomBytes(8).toString("hex");
        return { status: "continue", context: { user: word, nonce }, token: Buffer.from(`challenge ${nonce}`) };
      }
      if (verb === "again" && context) return { status: "continue", context, token: Buffer.from("challenge") };
      if (verb === "prove" && context?.nonce === word) return complete(context.user);
      if (verb !== "ticket" || context) throw new PackageError("SEC_E_INVALID_TOKEN");
      const missing = channelBindings && !bound && !requested.includes("allowMissingBindings");
      const wrong = channelBindings && bound && channelBindings.toString("hex") !== bound;
      if (missing || wrong) throw new PackageError("SEC_E_BAD_BINDINGS");
      return complete(word);
    },
    openSession(packed) {
      const answer = nameOf(packed.toString());
      return {
        query: {
          ...(answer !== undefined && { names: () => ({ sUserName: answer }) }),
        },
        token: () => 0x1234n,
      };
    },
  });
}

export interface HttpProvider extends Disposable {
  readonly provider: SecurityProvider;
}

/** A provider with the packages Negotiate and NTLM, until it is disposed of. */
export function httpProvider(options: HttpPackageOptions = {}): HttpProvider {
  const packages = [httpPackage("Negotiate", options), httpPackage("NTLM", options)];
  const host = new PackageHost();
  for (const one of packages) host.add(one);
  return {
    provider: host.provider,
    [Symbol.dispose]() {
      host.close();
      for (const one of packages) one.close();
    },
  };
}
