/**
 * A web server that greets its visitors by name, without a password: `curl --negotiate -u : http://localhost:8080/`.
 *
 *   node --import tsx examples/http-server.ts [port]
 */
import { createServer } from "node:http";
import { HttpAuthenticator } from "sspi-ffi/http";

const authenticator = new HttpAuthenticator({
  schemes: ["Negotiate"],
  onRefusal: (refusal) => console.error(refusal.message),
});

const server = createServer(
  authenticator.serverOptions,
  authenticator.guard((_request, response, user) => {
    response.setHeader("Content-Type", "text/plain; charset=utf-8");
    response.end(`Hello ${user.name}\n`);
  }),
);
server.listen(Number(process.argv[2] ?? 8080), () => console.log("Listening at", server.address()));
