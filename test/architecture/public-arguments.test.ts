import { join } from "node:path";
import { type ClassDeclaration, Node, type ParameterDeclaration, Project, Scope } from "ts-morph";
import { afterAll, describe, expect, it } from "vitest";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { entryPoints } from "../../scripts/entry-points.ts";
import * as http from "../../src/http.ts";
import * as undici from "../../src/http-undici.ts";
import * as index from "../../src/index.ts";
import * as packages from "../../src/packages.ts";
import { httpProvider } from "../http/server/http-package.ts";
import { testDefinition } from "../packages/test-package.ts";
import { ScriptedSspi } from "../scripted/scripted-provider.ts";
import { root } from "./source-files.ts";

const project = new Project({ tsConfigFilePath: join(root, "tsconfig.json"), skipAddingFilesFromTsConfig: true });
/** What raw functions are given is compared with their declarations, by tests of their own. */
const sources = entryPoints()
  .map(({ source }) => source)
  .filter((source) => source !== "src/raw.ts");
const doors: readonly object[] = await Promise.all(sources.map((source) => import(join(root, source))));
const declared = sources.flatMap((file) => [
  ...project.addSourceFileAtPath(join(root, file)).getExportedDeclarations(),
]);
project.resolveSourceFileDependencies();

// Things that are ready for every method, so that only its arguments can be wrong.
const { provider } = new ScriptedSspi({
  legs: [{ status: SEC_E_OK }, { status: SEC_E_OK }],
  encrypt: () => SEC_E_OK,
  decrypt: () => SEC_E_OK,
  sign: () => SEC_E_OK,
  verify: () => SEC_E_OK,
  applyControl: () => SEC_E_OK,
});
const credential = index.Credential.acquireSync({ package: "Scripted", use: "both", provider });
const client = new index.ClientContext(credential);
client.stepSync();
const server = new index.ServerContext(credential);
server.stepSync(Buffer.from("t"));
const host = new packages.PackageHost();
const embedded = packages.embeddedHost({ keys: {} });
const defined = packages.definePackage(testDefinition);
const ofHttp = httpProvider();
const authenticator = new http.HttpAuthenticator({ schemes: ["Negotiate"], credential: { provider: ofHttp.provider } });
const agent = new http.NegotiateProxyAgent({ url: "http://localhost:1", provider });
const dispatcher = new undici.NegotiateDispatcher({ origins: ["http://localhost"], provider });
const begun = {
  ClientContext: new index.ClientContext(credential),
  ServerContext: new index.ServerContext(credential),
};

afterAll(() => {
  authenticator.close();
  agent.destroy();
  void dispatcher.destroy();
  ofHttp[Symbol.dispose]();
  for (const thing of [client, server, ...Object.values(begun), credential, host, embedded, defined]) thing.close();
});

/** An instance of each class that has methods with parameters; which one a method is called on. */
const subjects: Readonly<Record<string, (method: string) => object>> = {
  Credential: () => credential,
  ClientContext: (method) => (/^step/.test(method) ? begun.ClientContext : client),
  ServerContext: (method) => (/^step/.test(method) ? begun.ServerContext : server),
  SecurityContext: () => client,
  SteppedContext: () => client,
  PackageHost: () => host,
  EmbeddedHost: () => embedded,
  HttpAuthenticator: () => authenticator,
  NegotiateProxyAgent: () => agent,
  NegotiateDispatcher: () => dispatcher,
};

/** Not called with arguments of users, or made of native things that this system does not have. */
const left = [
  /^SecureStream\.(_|\[)/,
  /Error$/,
  /^AuthIdentity\.(compare|encrypt|decrypt|excludePackage|prepare)/,
  /^SecurityPackages/,
  // A user is there only after a logon, and passes its work on to a context.
  /^HttpUser\.impersonate$/,
  // undici's, with a callback that may be left out.
  /^NegotiateDispatcher\.(close|destroy)$/,
];

interface Case {
  readonly title: string;
  readonly parameters: readonly ParameterDeclaration[];
  readonly call: (args: readonly unknown[]) => unknown;
}

type Callable = (...args: readonly unknown[]) => unknown;
const values: Readonly<Record<string, unknown>> = Object.assign({}, ...doors);

/** The classes that a class extends, which need not be exported themselves. */
function basesOf(node: ClassDeclaration): ClassDeclaration[] {
  const base = node.getBaseClass();
  const own = base?.getSourceFile().getFilePath().startsWith(join(root, "src"));
  return base && own ? [base, ...basesOf(base)] : [];
}

function ofClass(name: string, node: ClassDeclaration): Case[] {
  // An entry point that exports a class's type alone lets nobody call it.
  if (!(name in values)) return [];
  const made = values[name] as (new (...args: readonly unknown[]) => unknown) & Record<string, Callable>;
  const constructors = node.getConstructors().filter((one) => one.getScope() === Scope.Public && !node.isAbstract());
  const all = [node, ...basesOf(node)].flatMap((one) => one.getMethods());
  const methods = all.filter((one) => one.getScope() === Scope.Public && /^[a-z]/.test(one.getName()));
  return [
    ...constructors.map((one) => ({
      title: `new ${name}`,
      parameters: one.getParameters(),
      call: (args: readonly unknown[]) => new made(...args),
    })),
    ...methods.map((one) => ({
      title: `${name}.${one.getName()}`,
      parameters: one.getParameters(),
      call: (args: readonly unknown[]) => {
        if (one.isStatic()) return made[one.getName()]?.(...args);
        const subject = subjects[name]?.(one.getName());
        if (!subject) throw new Error(`${name}: say in this test which instance its methods are called on`);
        return (subject as Record<string, Callable>)[one.getName()]?.(...args);
      },
    })),
  ];
}

const cases = declared
  .flatMap(([name, declarations]) =>
    declarations.flatMap((node): Case[] => {
      if (Node.isClassDeclaration(node)) return ofClass(name, node);
      if (!Node.isFunctionDeclaration(node)) return [];
      return [{ title: name, parameters: node.getParameters(), call: (args) => (values[name] as Callable)(...args) }];
    }),
  )
  .filter(({ title, parameters }) => parameters.length > 0 && !left.some((one) => one.test(title)));

/** What V8 says where a check is missing. */
const engine =
  /Cannot (read|convert|mix|destructure|set)|is not (a function|iterable|defined|an object|a constructor)|private (member|field)|undefined \(|Receiver must|Invalid (argument|time)|out of range|must be of type/;

class Stranger {}
const wrong: readonly [string, unknown][] = [
  ["null", null],
  ["a string with NUL", "\0"],
  ["a number", Number.NaN],
  ["an object of another class", new Stranger()],
  ["a symbol", Symbol("x")],
];

async function errorOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("public functions", () => {
  it("are found, methods and constructors too", () => {
    expect(cases.map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        "new ClientContext",
        "ClientContext.encrypt",
        "Credential.acquire",
        "importContext",
        "HttpAuthenticator.check",
        "NegotiateDispatcher.dispatch",
      ]),
    );
  });

  it.each(cases)(
    "B9 $title refuses a wrong first argument by its name, with an error of this library",
    async ({ call, parameters, title }) => {
      const name = parameters[0]?.getName() ?? "";
      for (const [what, value] of wrong) {
        const error = await errorOf(() => call([value]));
        const shown = `${title}(${what}): ${String(error)}`;
        // A method that takes any function or any object has nothing to refuse in some of these.
        if (error === undefined) continue;
        expect(error, shown).toBeInstanceOf(Error);
        expect((error as Error).message, shown).not.toMatch(engine);
        if (error instanceof TypeError) expect((error as Error).message, shown).toMatch(/^[\w$.[\]?]+( |:)/);
        expect(name).not.toBe("");
      }
      expect(await errorOf(() => call([null])), `${title}(null)`).toBeInstanceOf(Error);
    },
  );
});
