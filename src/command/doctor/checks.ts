import type { Found } from "./finding.ts";
import { dnsSettings, kdcReachable } from "./kerberos-checks.ts";
import * as native from "./native-checks.ts";
import { ticketFinding } from "./ticket-check.ts";

export type Check = () => Found | Promise<Found>;

/** All checks, each after the checks that it depends on. */
export const checks: Readonly<Record<string, Check>> = {
  node: native.nodeVersion,
  koffi: native.koffiVersion,
  libraries: native.librariesTried,
  GSSAPI: native.gssapiLibrary,
  packages: native.packageNames,
  credentials: native.credentialAnswers,
  "who am I": native.whoAmI,
  tickets: ticketFinding,
  "krb5.conf": dnsSettings,
  KDC: kdcReachable,
};
