import { request, stream, fetch as undicisFetch } from "undici";
import { NegotiateDispatcher } from "../../src/http-undici.ts";
import { askingServer } from "../http/client/asking-server.ts";
import { clientProvider } from "../http/client/client-package.ts";

/** Runs in a later Node, where `undici` is undici 8: prints the result of each way of sending a request. */
const [, , url = ""] = process.argv;
const { origin } = new URL(url);
type Fetch = (url: string, options: object) => Promise<Response>;

async function outcome(response: Response): Promise<string> {
  await response.text();
  return `${response.status} ${response.headers.get("x-user")}`;
}

async function* chunks(): AsyncGenerator<Buffer> {
  for (let count = 0; count < 3; count += 1) yield Buffer.alloc(1000, count);
}

async function withApache(): Promise<Record<string, unknown>> {
  await using dispatcher = new NegotiateDispatcher({ origins: [origin], connections: 2 });
  const get = async (how: Fetch, options: object = {}) => await outcome(await how(url, { dispatcher, ...options }));
  const [ours, nodes] = [undicisFetch as unknown as Fetch, fetch as unknown as Fetch];
  const post = { method: "POST", body: "x".repeat(10_000) };
  const streamed = await request(url, { dispatcher, method: "POST", body: chunks() as never });
  await streamed.body.dump();
  let piped = 0;
  await stream(url, { dispatcher, method: "GET" }, ({ statusCode }) => {
    piped = statusCode;
    return process.stderr;
  });
  const many = await Promise.all(Array.from({ length: 10 }, () => get(ours)));
  await using stranger = new NegotiateDispatcher({ origins: [] });
  const signal = AbortSignal.abort();
  return {
    nodesFetch: await get(nodes),
    nodesFetchPosts: await get(nodes, post),
    fetch: await get(ours),
    fetchPosts: await get(ours, post),
    requestStreams: streamed.statusCode,
    stream: piped,
    many: [...new Set(many)],
    notListed: await outcome(await ours(url, { dispatcher: stranger })),
    aborted: await request(url, { dispatcher, signal }).catch((error: Error) => error.name),
  };
}

/** Uses packages and a server of the tests, which can do what Apache does not. */
async function withOurs(): Promise<Record<string, unknown>> {
  using host = clientProvider();
  const options = { provider: host.provider, identity: { user: "alice", password: "secret" }, connections: 1 };
  await using silent = await askingServer({ lastToken: () => undefined });
  await using unproven = new NegotiateDispatcher({ origins: [silent.origin], ...options });
  await using asking = await askingServer({ perRequest: true });
  await using proven = new NegotiateDispatcher({ origins: [asking.origin], ...options });
  const bodies: string[] = [];
  for (const _ of [1, 2]) {
    const { body } = await request(asking.origin, { dispatcher: proven, method: "PUT", body: "data" });
    bodies.push(await body.text());
  }
  const reason = await request(silent.origin, { dispatcher: unproven }).catch((error) => error.reason);
  return { bodies, unproven: reason };
}

const results = { node: process.version, ...(await withApache()), ...(await withOurs()) };
process.stdout.write(JSON.stringify(results));
