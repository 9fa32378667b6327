import { ClientContext, Credential, gssapiProvider, SspiError } from "../../src/index.ts";

/** The outcome of a client for each target in the arguments, by the target's name. */
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
