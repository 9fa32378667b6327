import type { ContextAttributes } from "../../../generated/attributes.ts";
import { SecPkgInfoW } from "../../../generated/sspi/structs.ts";
import { PKCS_7_ASN_ENCODING, X509_ASN_ENCODING } from "../../../generated/wincrypt/constants.ts";
import { CERT_CONTEXT } from "../../../generated/wincrypt/structs.ts";
import {
  type AttributeDeclaration,
  type AttributePointer,
  hostAbi,
  lonePointer,
  type Struct,
} from "../../ctypes/index.ts";
import { writeBytes } from "../../native/index.ts";
import { checkBytes, isBytes, lengthOf, ticksOfDate } from "../../values/index.ts";
import { PackageError } from "./package-error.ts";
import type { AttributeAnswers } from "./session.ts";
import type { SystemServices } from "./system-services.ts";

type Fields = Record<string, unknown>;
/** Allocates the strings and bytes that the caller releases. */
type CallerMemory = Pick<SystemServices, "callerBytes" | "freeCallerBytes">;

/** Writes the value of `attribute` to the buffer that a caller of QueryContextAttributes passed. */
export function answerAttribute<Attributes>(
  declarations: { readonly [A in keyof Attributes]: AttributeDeclaration },
  answers: AttributeAnswers<Attributes> | undefined,
  attribute: number,
  address: bigint,
  memory: CallerMemory,
): void {
  const names = Object.keys(declarations) as (keyof Attributes)[];
  const name = names.find((candidate) => declarations[candidate].value === attribute && answers?.[candidate]);
  const answer = name === undefined ? undefined : answers?.[name];
  if (name === undefined || !answer) throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION");
  const { struct, pointers, times } = declarations[name];
  const answered: unknown = answer();
  const value = (struct as Struct) === lonePointer ? { value: answered } : answered;
  if (typeof value !== "object" || value === null)
    throw new TypeError(`query.${String(name)}: expected an object, got ${typeof value}`);
  const fields = native(value as Fields, times);
  const given: bigint[] = [];
  try {
    for (const pointer of pointers) fields[pointer.field] = put(pointer, value as Fields, fields, memory, given);
    const bytes = new Uint8Array(struct.layouts[hostAbi].size);
    struct.write(new DataView(bytes.buffer), fields);
    writeBytes(address, bytes);
  } catch (error) {
    for (const address of given) memory.freeCallerBytes(address);
    throw error;
  }
}

/** The value with its dates converted to ticks. */
function native(value: Fields, times: readonly string[]): Fields {
  const fields: Fields = { ...value };
  for (const time of times) fields[time] = ticksOfDate(value[time] as Date | undefined);
  return fields;
}

/** Allocates and fills what a pointer refers to, and adds the allocation to `given`. */
function put(pointer: AttributePointer, value: Fields, fields: Fields, memory: CallerMemory, given: bigint[]): bigint {
  const content = value[pointer.field];
  if (content === undefined) return 0n;
  if (pointer.holds === CERT_CONTEXT && isBytes(content))
    return putCertificate(checkBytes(content, pointer.field), memory, given);
  if (pointer.holds === SecPkgInfoW && typeof content === "object")
    return putPackageInfo(content as PackageInfo, memory, given);
  const address = memory.callerBytes(bytesBehind(pointer, content));
  given.push(address);
  if (pointer.sizedBy && isBytes(content)) fields[pointer.sizedBy] = lengthOf(content);
  return address;
}

/**
 * Writes a CERT_CONTEXT and its certificate as one allocation, which CertFreeCertificateContext of the host releases.
 */
function putCertificate(encoded: Uint8Array, memory: CallerMemory, given: bigint[]): bigint {
  const { size } = CERT_CONTEXT.layouts[hostAbi];
  const address = memory.callerBytes(Buffer.concat([Buffer.alloc(size), encoded]));
  given.push(address);
  const head = new Uint8Array(size);
  const dwCertEncodingType = X509_ASN_ENCODING | PKCS_7_ASN_ENCODING;
  const fields = { dwCertEncodingType, pbCertEncoded: address + BigInt(size), cbCertEncoded: encoded.length };
  CERT_CONTEXT.write(new DataView(head.buffer), fields);
  writeBytes(address, head);
  return address;
}

type PackageInfo = NonNullable<ContextAttributes["negotiationPackage"]["PackageInfo"]>;

/** Writes a SecPkgInfoW and its strings as one allocation, as the headers require. */
function putPackageInfo(info: PackageInfo, memory: CallerMemory, given: bigint[]): bigint {
  const { size } = SecPkgInfoW.layouts[hostAbi];
  const name = Buffer.from(`${info.Name}\0`, "utf16le");
  const comment = Buffer.from(`${info.Comment}\0`, "utf16le");
  const address = memory.callerBytes(Buffer.concat([Buffer.alloc(size), name, comment]));
  given.push(address);
  const Name = address + BigInt(size);
  const head = new Uint8Array(size);
  SecPkgInfoW.write(new DataView(head.buffer), { ...info, Name, Comment: Name + BigInt(name.length) });
  writeBytes(address, head);
  return address;
}

function bytesBehind({ field, holds }: AttributePointer, content: unknown): Uint8Array {
  if (holds === "wide-string") return Buffer.from(`${String(content)}\0`, "utf16le");
  if (holds === "bytes" && isBytes(content)) return checkBytes(content, field);
  throw new TypeError(`query: ${field} cannot be answered by a package written in TypeScript`);
}
