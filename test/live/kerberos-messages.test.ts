import { kerberosMessagesSuite } from "./kerberos-messages-suite.ts";
import { describeKerberos } from "./kerberos-providers.ts";

describeKerberos((label) => `Kerberos' messages on ${label}`, kerberosMessagesSuite);
