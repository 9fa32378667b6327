import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_WINNT_AUTH_IDENTITY_ANSI, SEC_WINNT_AUTH_IDENTITY_UNICODE } from "../../generated/sspi/constants.ts";
import { SEC_WINNT_AUTH_IDENTITY_W } from "../../generated/sspi/structs.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { readIdentity } from "../../src/gssapi/native-identity.ts";
import { Arena, copyOfSecret } from "../../src/memory/index.ts";
import { anyCharacter } from "../any-character.ts";

const texts = fc.string({ unit: anyCharacter, maxLength: 60 }).filter((text) => !text.includes("\0"));

/** The password that the library reads from a struct with this encoded password. */
function passwordRead(encoded: Buffer, units: number, flags: number): { password: string; left: Buffer } {
  const arena = new Arena(4096);
  const text = arena.write(copyOfSecret(encoded));
  const room = arena.allocate(SEC_WINNT_AUTH_IDENTITY_W.layouts[hostAbi].size);
  const fields = { User: 0n, UserLength: 0, Domain: 0n, DomainLength: 0, Flags: flags };
  const password = { Password: BigInt(text.address), PasswordLength: units };
  SEC_WINNT_AUTH_IDENTITY_W.write(arena.view, { ...fields, ...password }, room.offset);
  const identity = readIdentity(room.address);
  if (!identity) throw new Error("no identity was read");
  const read = Buffer.from(identity.password.bytes()).toString();
  identity.wipe();
  return { password: read, left: Buffer.from(identity.password.bytes()) };
}

describe("the password of an identity that GSSAPI logs on with", () => {
  it("E6 is the UTF-8 of what the caller wrote, in memory that is zeroed when it is wiped", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const wide = passwordRead(Buffer.from(text, "utf16le"), text.length, SEC_WINNT_AUTH_IDENTITY_UNICODE);
        const narrow = passwordRead(Buffer.from(text), Buffer.byteLength(text), SEC_WINNT_AUTH_IDENTITY_ANSI);
        for (const { password, left } of [wide, narrow]) {
          expect(password).toBe(text);
          expect(left).toEqual(Buffer.alloc(left.length));
        }
      }),
    );
  });
});
