import { describe } from "vitest";
import { kerberosProviders } from "./kerberos-providers.ts";
import { kerberosSuite } from "./kerberos-suite.ts";

describe.runIf(kerberosProviders.length > 0).each(kerberosProviders)("Kerberos on $label", kerberosSuite);
