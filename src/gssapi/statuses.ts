import * as gss from "../../generated/gssapi/constants.ts";
import * as sec from "../../generated/status/constants.ts";

/** The first number of krb5.h's error table: KRB5KDC_ERR_NONE. */
const tableBase = -1_765_328_384;

/**
 * The first number of the ASN.1 error table, and the most entries of a table. All ASN.1 errors mean that the bytes are
 * not a message.
 */
const encodingBase = 1_859_794_432;
const tableSize = 256;

/** Returns the index of a minor status in krb5.h's error table. */
export function kerberosError(minor: number): number {
  return (minor | 0) - tableBase;
}

/** Errors of krb5.h's table by index, with the status of the same meaning. */
const byKerberosError = new Map<number, number>([
  [1, sec.SEC_E_LOGON_DENIED], // KDC_ERR_NAME_EXP
  [3, sec.SEC_E_INVALID_TOKEN], // KDC_ERR_BAD_PVNO
  [6, sec.SEC_E_UNKNOWN_CREDENTIALS], // KDC_ERR_C_PRINCIPAL_UNKNOWN
  [7, sec.SEC_E_TARGET_UNKNOWN], // KDC_ERR_S_PRINCIPAL_UNKNOWN
  [12, sec.SEC_E_LOGON_DENIED], // KDC_ERR_POLICY
  [14, sec.SEC_E_KDC_UNKNOWN_ETYPE], // KDC_ERR_ETYPE_NOSUPP
  [18, sec.SEC_E_LOGON_DENIED], // KDC_ERR_CLIENT_REVOKED
  [23, sec.SEC_E_LOGON_DENIED], // KDC_ERR_KEY_EXP
  [24, sec.SEC_E_LOGON_DENIED], // KDC_ERR_PREAUTH_FAILED
  [25, sec.SEC_E_LOGON_DENIED], // KDC_ERR_PREAUTH_REQUIRED
  [29, sec.SEC_E_NO_AUTHENTICATING_AUTHORITY], // KDC_ERR_SVC_UNAVAILABLE
  [31, sec.SEC_E_MESSAGE_ALTERED], // AP_ERR_BAD_INTEGRITY
  [32, sec.SEC_E_CONTEXT_EXPIRED], // AP_ERR_TKT_EXPIRED
  [33, sec.SEC_E_TIME_SKEW], // AP_ERR_TKT_NYV
  [34, sec.SEC_E_OUT_OF_SEQUENCE], // AP_ERR_REPEAT
  [35, sec.SEC_E_WRONG_PRINCIPAL], // AP_ERR_NOT_US
  [36, sec.SEC_E_WRONG_PRINCIPAL], // AP_ERR_BADMATCH
  [37, sec.SEC_E_TIME_SKEW], // AP_ERR_SKEW
  [39, sec.SEC_E_INVALID_TOKEN], // AP_ERR_BADVERSION
  [40, sec.SEC_E_INVALID_TOKEN], // AP_ERR_MSG_TYPE
  [41, sec.SEC_E_MESSAGE_ALTERED], // AP_ERR_MODIFIED
  [44, sec.SEC_E_WRONG_PRINCIPAL], // AP_ERR_BADKEYVER
  [45, sec.SEC_E_WRONG_PRINCIPAL], // AP_ERR_NOKEY
  [46, sec.SEC_E_MUTUAL_AUTH_FAILED], // AP_ERR_MUT_FAIL
  [138, sec.SEC_E_INVALID_TOKEN], // KRB5_BADMSGTYPE
  [141, sec.SEC_E_NO_CREDENTIALS], // KRB5_CC_NOTFOUND
  [144, sec.SEC_E_WRONG_PRINCIPAL], // KRB5KRB_AP_WRONG_PRINC
  [147, sec.SEC_E_MESSAGE_ALTERED], // KRB5_KDCREP_MODIFIED
  [148, sec.SEC_E_TIME_SKEW], // KRB5_KDCREP_SKEW
  [154, sec.SEC_E_NO_AUTHENTICATING_AUTHORITY], // KRB5_REALM_UNKNOWN
  [156, sec.SEC_E_NO_AUTHENTICATING_AUTHORITY], // KRB5_KDC_UNREACH
  [181, sec.SEC_E_WRONG_PRINCIPAL], // KRB5_KT_NOTFOUND
  [195, sec.SEC_E_NO_CREDENTIALS], // KRB5_FCC_NOFILE
  [210, sec.SEC_E_LOGON_DENIED], // KRB5_PREAUTH_FAILED
  [217, sec.SEC_E_TARGET_UNKNOWN], // KRB5_ERR_HOST_REALM_UNKNOWN
  [220, sec.SEC_E_NO_AUTHENTICATING_AUTHORITY], // KRB5_REALM_CANT_RESOLVE
  [230, sec.SEC_E_WRONG_PRINCIPAL], // KRB5_KT_KVNONOTFOUND
]);

/** Routine errors, with the status of the same meaning. */
const byRoutineError = new Map<number, number>([
  [gss.GSS_S_BAD_MECH, sec.SEC_E_UNSUPPORTED_FUNCTION],
  [gss.GSS_S_BAD_NAME, sec.SEC_E_TARGET_UNKNOWN],
  [gss.GSS_S_BAD_NAMETYPE, sec.SEC_E_UNSUPPORTED_FUNCTION],
  [gss.GSS_S_BAD_BINDINGS, sec.SEC_E_BAD_BINDINGS],
  [gss.GSS_S_BAD_SIG, sec.SEC_E_MESSAGE_ALTERED],
  [gss.GSS_S_NO_CRED, sec.SEC_E_NO_CREDENTIALS],
  [gss.GSS_S_NO_CONTEXT, sec.SEC_E_INVALID_HANDLE],
  [gss.GSS_S_DEFECTIVE_TOKEN, sec.SEC_E_INVALID_TOKEN],
  [gss.GSS_S_DEFECTIVE_CREDENTIAL, sec.SEC_E_UNKNOWN_CREDENTIALS],
  [gss.GSS_S_CREDENTIALS_EXPIRED, sec.SEC_E_NO_CREDENTIALS],
  [gss.GSS_S_CONTEXT_EXPIRED, sec.SEC_E_CONTEXT_EXPIRED],
  [gss.GSS_S_FAILURE, sec.SEC_E_INTERNAL_ERROR],
  [gss.GSS_S_BAD_QOP, sec.SEC_E_QOP_NOT_SUPPORTED],
  [gss.GSS_S_UNAUTHORIZED, sec.SEC_E_LOGON_DENIED],
  [gss.GSS_S_UNAVAILABLE, sec.SEC_E_UNSUPPORTED_FUNCTION],
]);

/**
 * SPNEGO renumbers the minor statuses of the inner mechanism, in an order that differs per process; only the text keeps
 * its meaning: the library's English, with or without the names that it mentions.
 */
const byText: readonly (readonly [RegExp, number])[] = [
  [/^Server .*not found in Kerberos database/, 7],
  [/^Client .*not found in Kerberos database/, 6],
  [/^Cannot (find|contact any) KDC for/, 156],
  [/^Cannot resolve (network address|servers) for/, 156],
  [/^Preauthentication failed/, 24],
  [/^Decrypt integrity check failed/, 31],
  [/^Ticket expired/, 32],
  [/^Ticket not yet valid/, 33],
  [/^Request is a replay/, 34],
  [/^(The ticket isn't for us|Request ticket server )/, 35],
  [/^Clock skew too great/, 37],
  [/^KDC reply did not match expectations/, 147],
  [/^Cannot determine realm for/, 217],
  [/^Requested protocol version not supported/, 3],
  [/^KDC has no support for encryption type/, 14],
  [/^No key table entry found/, 181],
  [/^(No (Kerberos )?credentials cache found|No Kerberos credentials available)/, 195],
];

/** Whether the error says that a message is unreadable: that is the sender's fault, not an error of this side. */
function isUnreadable(minor: number, text: string): boolean {
  return (minor >= encodingBase && minor < encodingBase + tableSize) || text.startsWith("ASN.1 ");
}

/** Routine errors that say more than any minor status that comes with them. */
const decisive: ReadonlySet<number> = new Set([gss.GSS_S_BAD_BINDINGS, gss.GSS_S_BAD_SIG, gss.GSS_S_CONTEXT_EXPIRED]);

/** Returns the calling and routine errors of a major status. */
export function routineError(major: number): number {
  return (major & 0xffff_0000) >>> 0;
}

/** Returns the status for a failure; `text` is the library's text of the minor status. */
export function statusOf(major: number, minor: number, text: string): number {
  const routine = routineError(major);
  if (decisive.has(routine)) return byRoutineError.get(routine) as number;
  if (isUnreadable(minor, text)) return sec.SEC_E_INVALID_TOKEN;
  const known = byKerberosError.get(kerberosError(minor));
  const meant = known ?? byKerberosError.get(byText.find(([pattern]) => pattern.test(text))?.[1] ?? -1);
  return meant ?? byRoutineError.get(routine) ?? sec.SEC_E_INTERNAL_ERROR;
}

/**
 * Returns the status for a failed server leg. MIT's Kerberos fails without a reason if a client's message is of the
 * wrong kind: that is the client's fault.
 */
export function acceptorStatusOf(major: number, minor: number, text: string): number {
  const status = statusOf(major, minor, text);
  const unexplained = text === "" || text === "Success";
  return status === sec.SEC_E_INTERNAL_ERROR && unexplained ? sec.SEC_E_INVALID_TOKEN : status;
}

/**
 * Returns the status for a failed acquisition with a password. As on Windows, it does not say whether the name or the
 * password was wrong.
 */
export function logonStatusOf(major: number, minor: number, text: string): number {
  const status = statusOf(major, minor, text);
  // If the centre requires no pre-authentication, a wrong password shows only when the client cannot decrypt the reply.
  return status === sec.SEC_E_MESSAGE_ALTERED || status === sec.SEC_E_UNKNOWN_CREDENTIALS
    ? sec.SEC_E_LOGON_DENIED
    : status;
}

/**
 * Returns the status for any other failed acquisition: a principal that is missing in the keytab is a missing
 * credential.
 */
export function acquisitionStatusOf(major: number, minor: number, text: string): number {
  const status = statusOf(major, minor, text);
  return status === sec.SEC_E_WRONG_PRINCIPAL || status === sec.SEC_E_INTERNAL_ERROR
    ? sec.SEC_E_NO_CREDENTIALS
    : status;
}

const outOfOrder = gss.GSS_S_DUPLICATE_TOKEN | gss.GSS_S_OLD_TOKEN | gss.GSS_S_UNSEQ_TOKEN | gss.GSS_S_GAP_TOKEN;

/**
 * Whether a valid message is repeated or out of order: the library then succeeds, returns the content, and reports the
 * order in extra bits of the major status.
 */
export function isOutOfOrder(major: number): boolean {
  return (major & outOfOrder) !== 0;
}
