import { winpr } from "../live/winpr-libraries.ts";
import { noteProvider } from "../report/tested-on.ts";
import { ntlmAmount } from "./amounts.ts";
import { changedMessages } from "./changed-messages-suite.ts";

const [winpr2, winpr3] = [winpr("libwinpr2.so.2"), winpr("libwinpr3.so.3")];

if (winpr2)
  changedMessages("NTLM of WinPR 2", ["WinPR 2 NTLM", "WinPR 2 Negotiate"], {
    amount: ntlmAmount,
    least: 2_500,
    before: () => noteProvider(winpr2),
  });
if (winpr3)
  changedMessages("NTLM of WinPR 3", ["WinPR 3 NTLM", "WinPR 3 Negotiate"], {
    amount: ntlmAmount,
    least: 2_500,
    before: () => noteProvider(winpr3),
  });
