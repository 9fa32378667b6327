import { kerberosBuffersSuite } from "./kerberos-buffers-suite.ts";
import { describeKerberos } from "./kerberos-providers.ts";

describeKerberos((label) => `messages of several buffers with Kerberos on ${label}`, kerberosBuffersSuite);
