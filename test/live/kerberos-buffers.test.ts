import { describe } from "vitest";
import { kerberosBuffersSuite } from "./kerberos-buffers-suite.ts";
import { kerberosProviders } from "./kerberos-providers.ts";

describe.runIf(kerberosProviders.length > 0).each(kerberosProviders)(
  "messages of several buffers with Kerberos on $label",
  kerberosBuffersSuite,
);
