import { describe } from "vitest";
import { gssapiProvider } from "../../src/index.ts";
import { freshTickets } from "../live/kerberos.ts";
import { winpr } from "../live/winpr-libraries.ts";
import { noteProvider } from "../report/tested-on.ts";
import { kerberosAmount } from "./amounts.ts";
import { changedMessages } from "./changed-messages-suite.ts";

const winpr3 = winpr("libwinpr3.so.3");

describe("messages with tickets of alice's", () => {
  freshTickets();
  changedMessages("GSSAPI", ["GSSAPI Kerberos", "GSSAPI Negotiate"], {
    amount: kerberosAmount,
    least: 1_000,
    before: () => noteProvider(gssapiProvider()),
  });
  if (winpr3)
    changedMessages(
      "Kerberos of WinPR 3",
      ["WinPR 3 Kerberos", "WinPR 3's Negotiate server", "WinPR 3's Negotiate client"],
      {
        amount: kerberosAmount,
        least: 2_000,
        before: () => noteProvider(winpr3),
      },
    );
});
