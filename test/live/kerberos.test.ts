import { describeKerberos } from "./kerberos-providers.ts";
import { kerberosSuite } from "./kerberos-suite.ts";

describeKerberos((label) => `Kerberos on ${label}`, kerberosSuite);
