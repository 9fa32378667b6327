const guestAccounts = /^(guest|defaultaccount)$/i;

/** Whether an account is one that Windows lets in without a proof of identity; a localised Windows names it otherwise. */
export function isGuestAccount(account: string): boolean {
  return guestAccounts.test(account);
}
