import { verify } from "../../codegen/verify-headers.ts";
import * as declarations from "../../generated/gssapi/functions.ts";
import { gssapiLibrary } from "../../src/gssapi/gssapi-library.ts";
import { Credential, type CredentialUse, gssapiProvider, packages } from "../../src/index.ts";
import type { Experiment, Seen } from "../windows-report/experiment.ts";
import type { Report } from "../windows-report/report.ts";

/** Returns the result of the work, or only the code of a failure: its text may contain data of this machine. */
function said(work: () => string): string {
  try {
    return work();
  } catch (error) {
    const { name, code } = error as Error & { readonly code?: unknown };
    return code === undefined ? name : String(code);
  }
}

function acquired(package_: string, use: CredentialUse, password?: string): string {
  return said(() => {
    const identity = password === undefined ? undefined : { user: "nobody", domain: "NOWHERE.EXAMPLE", password };
    const options = { package: package_, use, provider: gssapiProvider(), ...(identity && { identity }) };
    Credential.acquireSync(options).close();
    return "a credential";
  });
}

function whoseByDefault(name: string): string {
  return said(() => packages().find((entry) => entry.name === name)?.library ?? "nobody's");
}

/** The questions for macOS, the riskiest last: each of them may end its process, or wait. */
export const steps: Readonly<Record<string, Experiment>> = {
  headers: {
    question: "are the layouts of GSSAPI's structs those of Apple's headers?",
    expected: "exit code 0: packed to two bytes on x86-64, as they are on arm64",
    async run(): Promise<Seen> {
      const lines: string[] = [];
      const code = await verify([], (line) => lines.push(line));
      return { code, lines };
    },
  },
  "by default": {
    question: "whose are Kerberos and Negotiate where nobody is chosen by name?",
    expected: "not GSSAPI's",
    run: () => ({ kerberos: whoseByDefault("Kerberos"), negotiate: whoseByDefault("Negotiate") }),
  },
  library: {
    question: "does GSS.framework load, and which functions are missing?",
    expected: "Apple's; credential stores and the limits of SPNEGO are missing",
    run(): Seen {
      const library = gssapiLibrary(undefined);
      const names = Object.keys(declarations) as (keyof typeof declarations)[];
      return { flavour: library.flavour, missing: names.filter((name) => !library.has(name)) };
    },
  },
  refusals: {
    question: "are a server and a password refused, which nobody has seen there?",
    expected: "SEC_E_UNSUPPORTED_FUNCTION for both",
    run: () => ({ server: acquired("Kerberos", "inbound"), password: acquired("Kerberos", "outbound", "wrong") }),
  },
  "no tickets": {
    question: "what is a client of Kerberos without tickets told, and one of Negotiate?",
    expected: "SEC_E_NO_CREDENTIALS, or that SPNEGO cannot be limited",
    run: () => ({ kerberos: acquired("Kerberos", "outbound"), negotiate: acquired("Negotiate", "outbound") }),
  },
};

/**
 * Returns the answers of the system that contradict this library's expectations, and the steps that were ended or took
 * too long.
 */
export function failuresOf({ outcomes }: Report): readonly string[] {
  const ended = Object.entries(outcomes).flatMap(([name, { ended: how }]) => (how ? [`${name}: ended by ${how}`] : []));
  const { headers, "by default": chosen, refusals } = outcomes as Readonly<Record<string, Seen | undefined>>;
  const layouts = headers && headers["code"] !== 0 ? ["headers: the layouts are others"] : [];
  const taken = Object.entries(chosen ?? {}).filter(([, library]) => /gss/i.test(String(library)));
  const letIn = Object.entries(refusals ?? {}).filter(([, code]) => code !== "SEC_E_UNSUPPORTED_FUNCTION");
  return [
    ...ended,
    ...layouts,
    ...taken.map(([name, library]) => `by default: ${name} is ${library}'s`),
    ...letIn.map(([what, code]) => `refusals: a ${what} is ${code}`),
  ];
}
