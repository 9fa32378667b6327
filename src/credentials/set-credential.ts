import {
  KDC_PROXY_SETTINGS_FLAGS,
  KDC_PROXY_SETTINGS_V1,
  SECPKG_CRED_ATTR_KDC_PROXY_SETTINGS,
} from "../../generated/sspi/constants.ts";
import { SecPkgCredentials_KdcProxySettingsW } from "../../generated/sspi/structs.ts";
import { SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { hostAbi } from "../ctypes/index.ts";
import { type SharedHandle, withArena } from "../memory/index.ts";
import type { SecurityProvider } from "../native/index.ts";
import { check, failure } from "../status/index.ts";
import { checkBytes, checkText, checkUint, type OptionNames, readOptions, shownWord } from "../values/index.ts";

/** The proxy through which a credential reaches its key distribution centres. */
export interface KdcProxySettings {
  /** The address of the proxy. */
  readonly proxyServer: string;
  /** Whether to use the proxy even if a key distribution centre can be reached without it. */
  readonly force?: boolean;
  /** The credential for TLS with the proxy, if the proxy requires one. */
  readonly clientTlsCredential?: Uint8Array;
}

/** Attributes of credentials that can be set, by name. */
export interface SettableCredentialAttributes {
  /** A proxy for Kerberos over HTTPS, for a client that cannot reach a domain controller. */
  readonly kdcProxySettings: KdcProxySettings;
}

const { size: head } = SecPkgCredentials_KdcProxySettingsW.layouts[hostAbi];
/** The largest offset or size, because the struct stores them in 16 bits. */
const most = 0xffff;

/**
 * Sets an attribute. `open` returns the handle of a credential that is open; it is called after the value was read,
 * because a getter there may close the credential.
 *
 * @throws TypeError, RangeError, SspiError; a credential for the proxy is never part of the message.
 */
export function setCredential(
  provider: SecurityProvider,
  open: () => SharedHandle,
  attribute: string | number,
  value: unknown,
): void {
  const number = typeof attribute === "number" ? checkUint(attribute, "attribute") : attributeNumber(attribute);
  refuseKdcProxy(provider, number);
  const bytes = typeof attribute === "number" ? checkBytes(value, "value") : kdcProxyBytes(value as KdcProxySettings);
  try {
    const { slot } = open();
    withArena(bytes.length, (arena) => {
      const { address } = arena.write(bytes);
      const status = provider.SetCredentialsAttributesW(slot.address, number, address, bytes.length);
      check("SetCredentialsAttributesW", status, provider);
    });
  } finally {
    if (typeof attribute !== "number") bytes.fill(0);
  }
}

/** @throws SspiError `SEC_E_UNSUPPORTED_FUNCTION` if setting the attribute would end the process. */
function refuseKdcProxy({ traits, label }: SecurityProvider, attribute: number): void {
  if (attribute !== SECPKG_CRED_ATTR_KDC_PROXY_SETTINGS || traits.setsKdcProxy) return;
  const cause = new Error(`${label} has no settings for a proxy, and would end the process`);
  throw failure({ operation: "SetCredentialsAttributesW", status: SEC_E_UNSUPPORTED_FUNCTION, cause });
}

function attributeNumber(attribute: unknown): number {
  if (attribute === "kdcProxySettings") return SECPKG_CRED_ATTR_KDC_PROXY_SETTINGS;
  const given = shownWord(attribute, ["kdcProxySettings"]);
  throw new RangeError(`attribute: expected kdcProxySettings, or a number with bytes; got ${given}`);
}

const settingsNames: OptionNames<KdcProxySettings> = { proxyServer: true, force: true, clientTlsCredential: true };

/** `SecPkgCredentials_KdcProxySettingsW` and the strings and bytes after it. */
function kdcProxyBytes(settings: KdcProxySettings): Uint8Array {
  const {
    proxyServer,
    force = false,
    clientTlsCredential: tls = new Uint8Array(),
  } = readOptions<KdcProxySettings>(settings, "value", settingsNames);
  if (typeof force !== "boolean") throw new TypeError(`value.force: expected a boolean, got ${typeof force}`);
  const server = Buffer.from(checkText(proxyServer, "value.proxyServer", { empty: false }), "utf16le");
  const clientTlsCredential = checkBytes(tls, "value.clientTlsCredential");
  const size = head + server.length + clientTlsCredential.length;
  if (size > most) throw new RangeError(`value: expected at most ${most} bytes once packed, got ${size}`);
  const bytes = new Uint8Array(size);
  SecPkgCredentials_KdcProxySettingsW.write(new DataView(bytes.buffer), {
    Version: KDC_PROXY_SETTINGS_V1,
    Flags: force ? KDC_PROXY_SETTINGS_FLAGS.forceproxy : 0,
    ProxyServerOffset: head,
    ProxyServerLength: server.length,
    ClientTlsCredOffset: clientTlsCredential.length === 0 ? 0 : head + server.length,
    ClientTlsCredLength: clientTlsCredential.length,
  });
  bytes.set(server, head);
  bytes.set(clientTlsCredential, head + server.length);
  return bytes;
}
