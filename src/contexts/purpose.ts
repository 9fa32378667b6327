/**
 * What a complete context can be used for, and whether that use sends something: after its shutdown a context only
 * receives.
 */
const purposes = {
  encrypt: { sends: true },
  decrypt: { sends: false },
  sign: { sends: true },
  verify: { sends: false },
  shutdown: { sends: true },
  reauthenticate: { sends: false },
  export: { sends: false },
  peer: { sends: false },
  groups: { sends: false },
  delegated: { sends: false },
  flags: { sends: false },
  accessToken: { sends: false },
  impersonate: { sends: false },
} as const;

export type Purpose = keyof typeof purposes;

export function sends(purpose: Purpose): boolean {
  return purposes[purpose].sends;
}
