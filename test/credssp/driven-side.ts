import { ClientExchange } from "../../src/credssp/client-exchange.ts";
import type { Answer, Running } from "../../src/credssp/exchange.ts";
import { InnerLogon } from "../../src/credssp/inner-logon.ts";
import { ServerExchange } from "../../src/credssp/server-exchange.ts";
import { type PasswordCredentials, passwordBytes } from "../../src/credssp/ts-credentials.ts";
import type { Credential } from "../../src/index.ts";
import { alice, target } from "./ends.ts";
import { key } from "./exchange-ends.ts";

interface Turn<T> {
  readonly request?: Buffer | undefined;
  readonly value?: T;
}

type Driver<T> = (message?: Buffer) => Turn<T>;

/** Both sides of CredSSP's exchange over contexts of the credentials' package. */
export interface DrivenSides {
  readonly client: Driver<Buffer>;
  readonly server: Driver<PasswordCredentials>;
  /** The logon that the server's side of the exchange uses. */
  readonly logon: InnerLogon;
  close(): void;
}

/** Drives a side of an exchange whose logon is made by a package. */
function driver<T>(running: Running<T>, inner: InnerLogon): Driver<T> {
  return (message) => {
    let step = running.next(message as Answer);
    while (!step.done && step.value.ask === "leg") step = running.next(inner.stepSync(step.value.token));
    if (step.done) return { value: step.value };
    return { request: step.value.ask === "peer" ? step.value.request : undefined };
  };
}

/** Sides of versions 5 and 6; the server waits for the first message. */
export function drivenSides(outbound: Credential, inbound: Credential): DrivenSides {
  const inner = { client: InnerLogon.client(outbound, target, false), server: InnerLogon.server(inbound) };
  const versions = { version: 6, minimumVersion: 5 };
  const credentials = () => ({ ...alice, password: passwordBytes(alice.password) });
  const client = driver(new ClientExchange({ ...versions, key, inner: inner.client, credentials }).run(), inner.client);
  const server = driver(new ServerExchange({ ...versions, key, inner: inner.server }).run(), inner.server);
  server();
  const close = (): void => {
    inner.client.close();
    inner.server.close();
  };
  return { client, server, logon: inner.server, close };
}
