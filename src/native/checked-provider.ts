import type { BlockingFunction, Provider } from "../../generated/provider.ts";
import { checkArray, checkText, checkUint, type OptionNames, readOptions, shapeOf } from "../values/index.ts";
import { providerFunctions } from "./bound-provider.ts";
import type { ProviderTraits } from "./provider-traits.ts";
import type { ClientAccount, SecurityProvider } from "./security-provider.ts";

/** A provider's function returned a value that is not a status; the library could mistake a failure for a success. */
export class AnswerError extends TypeError {}

/** @throws AnswerError naming the function and the value. */
function statusOf(label: string, name: string, answer: unknown): number {
  if (typeof answer === "number" && (answer >>> 0 === answer || (answer | 0) === answer)) return answer;
  const given = typeof answer === "number" ? String(answer) : shapeOf(answer);
  throw new AnswerError(`${name}: expected ${label} to answer an integer of 32 bits, got ${given}`);
}

/**
 * What a provider says about a failure. If it throws instead, what it throws is the explanation: the failure itself must
 * not be replaced.
 */
function explanationOf(label: string, explain: () => unknown): Error | undefined {
  try {
    const said = explain();
    if (said === undefined || said instanceof Error) return said;
    return new AnswerError(`explain: expected ${label} to answer an Error or undefined, got ${shapeOf(said)}`);
  } catch (error) {
    return error instanceof Error ? error : new Error(`${label} could not explain the failure`, { cause: error });
  }
}

/** A copy of an account that a provider returned. @throws AnswerError naming the part that is wrong. */
function accountOf(label: string, answer: unknown): ClientAccount | undefined {
  if (answer === undefined) return undefined;
  try {
    const given = readOptions<ClientAccount>(answer, "clientAccount", accountNames);
    const { account, domain, sid } = given;
    for (const [name, text] of Object.entries({ account, domain, sid })) checkText(text, `clientAccount.${name}`);
    const groups = checkArray(given.groups, "clientAccount.groups").map((one, index) => {
      const group = readOptions<Group>(one, `clientAccount.groups[${index}]`, groupNames);
      checkText(group.sid, `clientAccount.groups[${index}].sid`);
      checkUint(group.attributes, `clientAccount.groups[${index}].attributes`);
      return group;
    });
    return { account, domain, sid, groups };
  } catch (cause) {
    throw new AnswerError(`clientAccount: expected ${label} to answer an account or undefined`, { cause });
  }
}

type Group = ClientAccount["groups"][number];
const groupNames: OptionNames<Group> = { sid: true, attributes: true };
const accountNames: OptionNames<ClientAccount> = { account: true, domain: true, sid: true, groups: true };

type Call = (...args: never[]) => unknown;
/** The optional members of a provider. */
type Extra = {
  [K in keyof SecurityProvider]-?: object extends Pick<SecurityProvider, K> ? K : never;
}[keyof SecurityProvider];
type Extras = Required<Pick<SecurityProvider, Extra>>;

/** Wraps a provider from outside this package, so that the result of each of its functions is checked. */
export function checkedProvider(given: SecurityProvider, traits: ProviderTraits): SecurityProvider {
  const { kind, label, version } = given;
  const answered = (name: string, answer: unknown): number => statusOf(label, name, answer);
  const functions = providerFunctions.map((name) => [
    name,
    (...args: never[]) => answered(name, (given[name] as Call)(...args)),
  ]);
  const calls = new WeakMap<Promise<number>, Promise<number>>();
  const whole = given as Required<SecurityProvider>;
  const extras: Extras = {
    explain: (status, call) => explanationOf(label, () => whole.explain(status, call && calls.get(call))),
    takeTurn: (callKind, cancellation) => whole.takeTurn(callKind, cancellation),
    clientAccount: (context) => accountOf(label, whole.clientAccount(context)),
    delegatedCredential: (...args) => answered("delegatedCredential", whole.delegatedCredential(...args)),
  };
  return {
    ...(Object.fromEntries(functions) as unknown as Provider),
    ...{ kind, label, version, traits },
    has: (name) => given.has(name),
    callAsync<F extends BlockingFunction>(name: F, ...args: Parameters<Provider[F]>): Promise<number> {
      const call = given.callAsync(name, ...args);
      const checked = (async () => answered(name, await call))();
      calls.set(checked, call);
      return checked;
    },
    ...Object.fromEntries(Object.entries(extras).filter(([name]) => given[name as Extra] !== undefined)),
  };
}
