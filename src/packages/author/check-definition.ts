import { SECPKG_FLAG, type SecpkgFlag } from "../../../generated/sspi/constants.ts";
import {
  checkArray,
  checkName,
  checkText,
  checkUint,
  flagBits,
  isObjectPrototype,
  isPlain,
  type OptionNames,
  prototypeOf,
  refuseUnknown,
  shapeOf,
  unset,
} from "../../values/index.ts";
import type { PackageDefinition } from "./definition.ts";
import { readableCredentials } from "./supplied-credentials.ts";

type Definition = PackageDefinition<unknown, unknown>;

const definitionNames: OptionNames<Definition> = {
  name: true,
  comment: true,
  maxToken: true,
  capabilities: true,
  version: true,
  rpcId: true,
  reads: true,
  acquireCredentials: true,
  initialize: true,
  shutdown: true,
  freeCredentials: true,
  queryCredentials: true,
  setCredentialAttribute: true,
  addCredentials: true,
  initContext: true,
  acceptContext: true,
  applyControlToken: true,
  queryContext: true,
  setContextAttribute: true,
  deleteContext: true,
  openSession: true,
  callPackage: true,
};

/** The members that hold data; all other members are functions. */
const data: readonly string[] = ["name", "comment", "maxToken", "capabilities", "version", "rpcId", "reads"];
const functions = (Object.keys(definitionNames) as (keyof typeof definitionNames)[]).filter(
  (name) => !data.includes(name),
);

/**
 * Copies a caller's definition and checks the copy; `where` is its position if it is one of several. Each member is
 * read once, so that the checked one is the one that is used, whatever the caller changes later. A member may be
 * inherited from a class, but not from a polluted `Object.prototype`. The functions are called with the caller's
 * definition as `this`.
 *
 * @throws TypeError or RangeError naming what is wrong with a definition.
 */
export function readDefinition(given: Definition, where?: string): Definition {
  const members = membersOf(given);
  // Only plain objects are checked for unknown members: an instance of a class may have others.
  if (isPlain(given)) refuseUnknown<PackageDefinition<unknown, unknown>>(given, where ?? "options", definitionNames);
  if (members.length === 0) {
    const expected = "{ name, maxToken, acquireCredentials, … }";
    throw new TypeError(`${where ?? "definition"}: expected ${expected}, got ${shapeOf(given)}`);
  }
  const at = where === undefined ? "" : `${where}.`;
  const copy: Record<string, unknown> = { ...unset(definitionNames) };
  for (const member of members) copy[member] = given[member];
  checkData(copy, at);
  for (const member of functions) {
    const method = copy[member];
    if (method === undefined && member !== "acquireCredentials") continue;
    if (typeof method !== "function") throw new TypeError(`${at}${member}: expected a function, got ${typeof method}`);
    copy[member] = (...values: readonly unknown[]): unknown => Reflect.apply(method, given, values);
  }
  return Object.freeze(copy) as unknown as Definition;
}

/** The members that an object has itself or from its class; none for what is no object. */
function membersOf(given: unknown): readonly (keyof Definition)[] {
  const chain: object[] = [];
  let at: unknown = given;
  while (typeof at === "object" && at !== null && !isObjectPrototype(at)) {
    const next = prototypeOf(at);
    if (next === undefined) break;
    chain.push(at);
    at = next;
  }
  const members = Object.keys(definitionNames) as (keyof Definition)[];
  return members.filter((member) => chain.some((one) => Object.hasOwn(one, member)));
}

/** Checks the members that hold data, and copies the arrays. */
function checkData(copy: Record<string, unknown>, at: string): void {
  const { name, comment = "", maxToken, rpcId = 0, version = 0, capabilities = [], reads = [] } = copy;
  checkText(name, `${at}name`, { empty: false });
  checkText(comment, `${at}comment`);
  checkUint(maxToken, `${at}maxToken`);
  checkUint(rpcId, `${at}rpcId`, 0xffff);
  checkUint(version, `${at}version`, 0xffff);
  const flags = checkArray<SecpkgFlag>(capabilities, `${at}capabilities`, "an array of flag names");
  flagBits(SECPKG_FLAG, flags, `${at}capabilities`);
  const structs = checkArray(reads, `${at}reads`, "an array of names");
  for (const struct of structs) checkName(struct, `${at}reads`, readableCredentials);
  Object.assign(copy, { capabilities: flags, reads: structs });
}
