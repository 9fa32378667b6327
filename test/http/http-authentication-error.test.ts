import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { HttpAuthenticationError } from "../../src/http/http-authentication-error.ts";

describe("HttpAuthenticationError", () => {
  it("says its reason in words, and more where more is known", () => {
    const cause = new Error("why");
    const error = new HttpAuthenticationError("refused", { detail: "no key fits", status: 401, cause });
    expect(error).toMatchObject({ reason: "refused", status: 401, cause, code: "SSPI_HTTP_AUTHENTICATION" });
    expect(error.message).toBe("refused: the security package refused the token; no key fits");
    expect(inspect(error)).toMatch(/^HttpAuthenticationError: refused: /);
    expect(new HttpAuthenticationError("timeout")).toMatchObject({ status: undefined });
    expect("cause" in new HttpAuthenticationError("timeout")).toBe(false);
  });
});
