import {
  ClientContext,
  type ClientContextOptions,
  type Credential,
  ServerContext,
  type ServerContextOptions,
} from "../../src/index.ts";

/** The result that a side got from a message. */
export interface Answer {
  readonly status: string;
  readonly token?: Buffer | undefined;
}

/** One side of an exchange: it takes the peer's messages, and protects its own when it is complete. */
export interface End {
  feed(token?: Buffer): Answer;
  /** This side's protection of messages, which the other side can undo; undefined where the side protects none. */
  readonly messages?: Messages;
}

export interface Messages {
  seal(message: Buffer): Buffer;
  /** Undefined where the input is an incomplete message, or a message with another meaning. */
  open(sealed: Buffer): Buffer | undefined;
  sign?(message: Buffer): Buffer;
  verify?(message: Buffer, signature: Buffer): void;
}

/** Both sides of an exchange that has not begun. */
export interface Exchange extends Disposable {
  readonly client: End;
  readonly server: End;
  /** The user whom the complete server has authenticated; undefined where it does not say. */
  who?(): string | undefined;
}

export interface ContextExchangeOptions {
  readonly client?: ClientContextOptions;
  readonly server?: ServerContextOptions;
  /** Whether messages in one piece can be decrypted. */
  readonly protects?: boolean;
  readonly signs?: boolean;
  readonly names?: boolean;
}

/** An exchange of contexts. */
export function contextExchange(
  outbound: Credential,
  inbound: Credential,
  options: ContextExchangeOptions = {},
): Exchange {
  const client = new ClientContext(outbound, { target: "HTTP/localhost", ...options.client });
  const server = new ServerContext(inbound, { ...options.server });
  const dispose = (): void => {
    client.close();
    server.close();
  };
  const exchange = { client: end(client, options), server: end(server, options), [Symbol.dispose]: dispose };
  return options.names ? { ...exchange, who: () => server.peer().name } : exchange;
}

function end(context: ClientContext | ServerContext, { protects, signs }: ContextExchangeOptions): End {
  const feed = (token?: Buffer): Answer => context.stepSync(token as Buffer);
  const messages: Messages = {
    seal: (message) => context.encrypt(message),
    open: (sealed) => context.decrypt(sealed),
    ...(signs && {
      sign: (message: Buffer) => context.sign(message),
      verify: (message: Buffer, signature: Buffer) => void context.verify(message, signature),
    }),
  };
  return protects ? { feed, messages } : { feed };
}

/** TLS arrives in records: bytes that a leg leaves over belong to the next leg. */
export function recordExchange(outbound: Credential, inbound: Credential, target: string): Exchange {
  const client = new ClientContext(outbound, { target, require: ["stream"] });
  const server = new ServerContext(inbound, { require: ["stream"] });
  const dispose = (): void => {
    client.close();
    server.close();
  };
  return { client: recordEnd(client), server: recordEnd(server), [Symbol.dispose]: dispose };
}

function recordEnd(context: ClientContext | ServerContext): End {
  return {
    feed(token) {
      const made: Buffer[] = [];
      let status = "continue";
      let rest: Buffer | undefined = token;
      do {
        const leg = context.stepSync(rest as Buffer);
        status = leg.status;
        if (leg.token) made.push(leg.token);
        rest = "extra" in leg ? leg.extra : undefined;
      } while (rest && rest.length > 0 && status === "continue");
      return { status, token: Buffer.concat(made) };
    },
    messages: {
      seal: (message) => context.encrypt(message),
      open: (sealed) => {
        const read = context.decryptStream(sealed);
        return read.status === "data" ? read.data : undefined;
      },
    },
  };
}
