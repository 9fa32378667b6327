import { type Challenge, readChallenges, readCredentials } from "../http/challenge.ts";
import { HttpAuthenticationError, type HttpAuthenticationReason } from "../http/http-authentication-error.ts";
import { httpSchemes } from "../http/scheme.ts";
import { hasNtlm } from "../http/token-kind.ts";
import { readToken68 } from "../http/token68.ts";
import { explainToken } from "./explain-token.ts";
import { explanation, type Refusal, type TokenExplanation } from "./explanation.ts";

/** Matches the headers of RFC 9110, section 11, as tools print them: with or without an arrow in front. */
const headerLine = /^[<>*\s]*((?:www|proxy)-authenticate|(?:proxy-)?authorization)[ \t]*:[ \t]*(.*?)\s*$/i;
/** Matches a header's value alone, the part after the colon. */
const schemeAndToken = /^(?:negotiate|ntlm)(?:[ ,]|$)/i;

/** Explains the headers among the lines of a text; undefined if there are none. */
export function explainHeaders(text: string): TokenExplanation | undefined {
  if (schemeAndToken.test(text)) return explainHeader("header", text);
  const headers = text.split("\n").flatMap((line) => {
    const [, name, value] = headerLine.exec(line) ?? [];
    return name === undefined ? [] : [explainHeader(name, value ?? "")];
  });
  const [first] = headers;
  if (first === undefined || headers.length === 1) return first;
  return explanation({ mechanism: "HTTP", message: "headers", size: text.length, inside: headers });
}

function explainHeader(message: string, value: string): TokenExplanation {
  const isRequest = /authorization$/i.test(message);
  const [mechanism, size] = ["HTTP", value.length];
  const one = isRequest ? readCredentials(value) : undefined;
  const challenges = isRequest ? one && [one] : readChallenges(value);
  if (!challenges) return explanation({ mechanism, message, size, refusals: [http("malformed-header")] });
  const tokens = challenges.map((challenge) => ({ challenge, bytes: bytesOf(challenge) }));
  return explanation({
    mechanism,
    message,
    size,
    facts: { schemes: tokens.map(({ challenge, bytes }) => said(challenge, bytes)) },
    inside: tokens.flatMap(({ bytes }) => (bytes ? [explainToken(bytes)] : [])),
    refusals: tokens.flatMap(({ challenge, bytes }) => refusalsOf(challenge, bytes, isRequest)),
  });
}

function isOurs({ scheme }: Challenge): boolean {
  return httpSchemes.some((known) => known.toLowerCase() === scheme);
}

/** The token of a scheme that has tokens; never that of another one: in `Basic` it is a password. */
function bytesOf(challenge: Challenge): Buffer | undefined {
  return isOurs(challenge) && challenge.token !== undefined ? readToken68(challenge.token) : undefined;
}

function said({ scheme, token, parameters }: Challenge, bytes: Buffer | undefined): string {
  const name = httpSchemes.find((known) => known.toLowerCase() === scheme) ?? scheme;
  if (bytes) return `${name} with a token`;
  if (token !== undefined) return `${name} with ${token.length} characters`;
  return parameters.size === 0 ? name : `${name} with ${[...parameters.keys()].join(" ")}`;
}

function refusalsOf(challenge: Challenge, bytes: Buffer | undefined, isRequest: boolean): readonly Refusal[] {
  if (!isOurs(challenge)) return isRequest ? [http("scheme-not-offered")] : [];
  if (!bytes?.length) return isRequest || challenge.token !== undefined ? [http("malformed-token")] : [];
  if (challenge.scheme !== "negotiate" || !hasNtlm(bytes)) return [];
  return [{ by: "HttpAuthenticator without `ntlm: true`", why: wordsOf("mechanism-not-allowed") }];
}

function http(reason: HttpAuthenticationReason): Refusal {
  return { by: "sspi-ffi/http", why: wordsOf(reason) };
}

/** The reason in the words of the error that it becomes. */
function wordsOf(reason: HttpAuthenticationReason): string {
  return new HttpAuthenticationError(reason).message;
}
