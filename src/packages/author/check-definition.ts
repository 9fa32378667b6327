import { SECPKG_FLAG } from "../../../generated/sspi/constants.ts";
import { checkName, checkText, checkUint, flagBits } from "../../values/index.ts";
import type { PackageDefinition } from "./definition.ts";
import { readableCredentials } from "./supplied-credentials.ts";

const optionalFunctions = [
  "initialize",
  "shutdown",
  "freeCredentials",
  "queryCredentials",
  "setCredentialAttribute",
  "addCredentials",
  "initContext",
  "acceptContext",
  "applyControlToken",
  "queryContext",
  "setContextAttribute",
  "deleteContext",
  "openSession",
  "callPackage",
] as const satisfies readonly (keyof PackageDefinition<unknown, unknown>)[];

/** @throws TypeError or RangeError naming what is wrong with a definition; `where` it is, if it is one of several. */
export function checkDefinition(definition: PackageDefinition<unknown, unknown>, where?: string): void {
  if (typeof definition !== "object" || definition === null)
    throw new TypeError(
      `${where ?? "definition"}: expected an object, got ${definition === null ? "null" : typeof definition}`,
    );
  const at = where === undefined ? "" : `${where}.`;
  const { name, comment = "", maxToken, capabilities = [], rpcId = 0, version = 0 } = definition;
  checkText(name, `${at}name`, { empty: false });
  checkText(comment, `${at}comment`);
  checkUint(maxToken, `${at}maxToken`);
  checkUint(rpcId, `${at}rpcId`, 0xffff);
  checkUint(version, `${at}version`, 0xffff);
  flagBits(SECPKG_FLAG, capabilities, `${at}capabilities`);
  for (const struct of definition.reads ?? []) checkName(struct, `${at}reads`, readableCredentials);
  for (const member of ["acquireCredentials", ...optionalFunctions] as const) {
    const given: unknown = definition[member];
    const absent = given === undefined && member !== "acquireCredentials";
    if (!absent && typeof given !== "function")
      throw new TypeError(`${at}${member}: expected a function, got ${typeof given}`);
  }
}
