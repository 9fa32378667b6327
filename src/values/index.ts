export { checkAddress, highestAddress, lowestAddress } from "./addresses.ts";
export {
  checkBoolean,
  checkCallback,
  checkFunction,
  checkKey,
  checkName,
  checkPrincipalName,
  checkText,
  checkUint,
  shownWord,
} from "./arguments.ts";
export { checkArray, isArray } from "./arrays.ts";
export { bufferOf, checkBytes, checkMutableBytes, extentOf, isBytes, lengthOf, offsetOf } from "./bytes.ts";
export { Cancellation, CancelledError, type CancelOptions, cancelNames, checkSignal } from "./cancellation.ts";
export { columnLines, columns } from "./columns.ts";
export { type DerLengths, DerReader } from "./der-reader.ts";
export { DisposedError } from "./disposed-error.ts";
export { type FlagGroup, flagBits, flagNames } from "./flags.ts";
export { isGuestAccount } from "./guests.ts";
export { HostPattern, readPatterns } from "./host-pattern.ts";
export { checkMadeHere, madeHere } from "./made-here.ts";
export { initialToken, kerberosMechanisms, mechanisms } from "./mechanisms.ts";
export { beginsAsNtlm, ntlmSignature } from "./ntlm-signature.ts";
export { objectIdentifierBytes, readObjectIdentifier } from "./object-identifier.ts";
export {
  isPlain,
  type OptionHints,
  type OptionNames,
  readOptions,
  refuseUnknown,
  unset,
} from "./options.ts";
export { printable } from "./printable.ts";
export { isObjectPrototype, isRevoked, prototypeOf } from "./prototypes.ts";
export { checkSecret, type Secret } from "./secret.ts";
export { classNameOf, shapeOf } from "./shape.ts";
export { maxSubAuthorities, readSid, sidBytes, sidText } from "./sid.ts";
export { dateOfTicks, expiryText, ticksOfDate, utcDateOfTicks } from "./ticks.ts";
export { extraCountOf, isSealedHeader, isWrapHeader, rotationOf, setRotation, wrapHeaderSize } from "./wrap-header.ts";
