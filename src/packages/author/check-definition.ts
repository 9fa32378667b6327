import { SECPKG_FLAG } from "../../../generated/sspi/constants.ts";
import {
  checkArray,
  checkName,
  checkText,
  checkUint,
  flagBits,
  type OptionNames,
  refuseUnknown,
  shapeOf,
} from "../../values/index.ts";
import type { PackageDefinition } from "./definition.ts";
import { readableCredentials } from "./supplied-credentials.ts";

const definitionNames: OptionNames<PackageDefinition<unknown, unknown>> = {
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
 * Checks a definition; `where` is its position if it is one of several.
 *
 * @throws TypeError or RangeError naming what is wrong with a definition.
 */
export function checkDefinition(definition: PackageDefinition<unknown, unknown>, where?: string): void {
  if (typeof definition !== "object" || definition === null)
    throw new TypeError(`${where ?? "definition"}: expected an object, got ${shapeOf(definition)}`);
  // Only plain objects are checked for unknown members: an instance of a class may have others.
  const prototype: unknown = Object.getPrototypeOf(definition);
  if (prototype === Object.prototype || prototype === null)
    refuseUnknown<PackageDefinition<unknown, unknown>>(definition, where ?? "options", definitionNames);
  const at = where === undefined ? "" : `${where}.`;
  const { name, comment = "", maxToken, capabilities = [], rpcId = 0, version = 0 } = definition;
  checkText(name, `${at}name`, { empty: false });
  checkText(comment, `${at}comment`);
  checkUint(maxToken, `${at}maxToken`);
  checkUint(rpcId, `${at}rpcId`, 0xffff);
  checkUint(version, `${at}version`, 0xffff);
  flagBits(SECPKG_FLAG, capabilities, `${at}capabilities`);
  const { reads = [] } = definition;
  for (const struct of checkArray(reads, `${at}reads`, "an array of names"))
    checkName(struct, `${at}reads`, readableCredentials);
  for (const member of functions) {
    const given: unknown = definition[member];
    const absent = given === undefined && member !== "acquireCredentials";
    if (!absent && typeof given !== "function")
      throw new TypeError(`${at}${member}: expected a function, got ${typeof given}`);
  }
}
