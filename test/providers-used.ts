import { win32 } from "node:path";
import { beforeEach } from "vitest";
import { Credential, type CredentialOptions, systemProvider } from "../src/index.ts";

declare module "vitest" {
  interface TaskMeta {
    /** Whose credentials the test acquired, with the version where the provider tells one. */
    providers?: string[];
  }
}

let used: Set<string> | undefined;

function note({ provider = systemProvider() }: CredentialOptions): void {
  const { label, version } = provider;
  const name = win32.basename(label);
  used?.add(version === undefined ? name : `${name} ${version}`);
}

const { acquire, acquireAsync } = Credential;
Credential.acquire = (options) => {
  const credential = acquire.call(Credential, options);
  note(options);
  return credential;
};
Credential.acquireAsync = async (options) => {
  const credential = await acquireAsync.call(Credential, options);
  note(options);
  return credential;
};

/** Has each test say of itself on whose SSPI it ran, for the tables that are made of a run. */
export function noteProviders(): void {
  beforeEach(({ task }) => {
    const providers = new Set<string>();
    used = providers;
    return () => {
      if (providers.size > 0) task.meta.providers = [...providers];
    };
  });
}
