import { ClientContext, Credential, gssapiProvider, SspiError } from "../../src/index.ts";

/** What becomes of a client whose targets are the arguments, each by its name. */
const outcomes = process.argv.slice(2).map((target): readonly [string, string] => {
  using credential = Credential.acquireSync({ package: "Kerberos", use: "outbound", provider: gssapiProvider() });
  using context = new ClientContext(credential, { target });
  try {
    return [target, context.stepSync().status];
  } catch (error) {
    if (!(error instanceof SspiError)) throw error;
    return [target, error.code];
  }
});
process.stdout.write(JSON.stringify(Object.fromEntries(outcomes)));
