import { describe } from "vitest";
import { kerberosBuffersSuite } from "../live/kerberos-buffers-suite.ts";
import { wine } from "../live/kerberos-providers.ts";

describe("messages of several buffers with Kerberos on Wine's secur32", () => kerberosBuffersSuite(wine()));
