/**
 * Express with single sign-on: `request.user` is whoever sent the request.
 *
 *   node --import tsx examples/http-express.ts [port]
 */
import { createServer } from "node:http";
import express from "express";
import { type AuthenticatedRequest, HttpAuthenticator } from "sspi-ffi/http";

const authenticator = new HttpAuthenticator({
  schemes: ["Negotiate"],
  onRefusal: (refusal) => console.error(refusal.message),
});

const app = express();
app.use(authenticator.middleware());
app.get("/", (request, response) => {
  const { user } = request as unknown as AuthenticatedRequest;
  response.json({ name: user?.name, scheme: user?.scheme });
});

// Through createServer(), because app.listen() takes no options: large tickets need room in the headers.
const server = createServer(authenticator.serverOptions, app);
server.listen(Number(process.argv[2] ?? 8080), () => console.log("Listening at", server.address()));
