import { packageAmount, slowAmount } from "./amounts.ts";
import { changedMessages } from "./changed-messages-suite.ts";

changedMessages("the embedded and hosted packages", ["embedded", "hosted, in TypeScript", "hosted, in C"], {
  amount: packageAmount,
  least: 1_000,
});
changedMessages("TLS", ["TLS 1.2", "TLS 1.3"], { amount: slowAmount, least: 300 });
changedMessages("CredSSP", ["TSRequest"], { amount: slowAmount, least: 300 });
