import { describe, expect, it } from "vitest";
import { packageManifest } from "../../src/command/package-manifest.ts";
import { ran } from "./ran.ts";

describe("sspi-ffi", () => {
  it("--help names every command, and what is run without one", async () => {
    const { status, stdout } = await ran(["--help"]);
    expect(status).toBe(0);
    for (const line of [" {2,}a prompt", "doctor", "explain TOKEN", "packages", "status NUMBER", "tickets"])
      expect(stdout).toMatch(new RegExp(`^  sspi-ffi ${line}\\b.* \\w`, "m"));
  });

  it("--version prints the package's version", async () => {
    expect(await ran(["--version"])).toEqual({ status: 0, stdout: `${packageManifest().version}\n`, stderr: "" });
  });

  it.each([
    ["docter", /^sspi-ffi has no command "docter"; did you mean doctor\? Commands: doctor, /],
    ["constructor", /^sspi-ffi has no command "constructor"\. Commands: doctor, /],
  ])("%s is no command: the exit code is 2, and the message names the existing commands", async (name, message) => {
    const { status, stdout, stderr } = await ran([name]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it.each([
    [["status"], "sspi-ffi status: expected a number or a name, got nothing\n"],
    [["packages", "NTLM"], "sspi-ffi packages: expected no arguments, got NTLM\n"],
    [["doctor", "--jason"], "sspi-ffi doctor: expected --json or nothing, got --jason\n"],
    [["explain"], "sspi-ffi explain: expected a token, or - for standard input, got nothing\n"],
  ])("%j is misused: the exit code is 2, and the message says what is expected", async (args, stderr) => {
    expect(await ran(args)).toEqual({ status: 2, stdout: "", stderr });
  });
});

describe("sspi-ffi status", () => {
  it.each(["0x80090308", "80090308", "2148074248", "-2146893048", "SEC_E_INVALID_TOKEN", "sec_e_invalid_token"])(
    "%s: name, number in both forms, severity and meaning",
    async (given) => {
      const stdout = "SEC_E_INVALID_TOKEN (0x80090308, -2146893048)\nerror: the token is malformed\n";
      expect(await ran(["status", given])).toEqual({ status: 0, stdout, stderr: "" });
    },
  );

  it("a Win32 error is reported as such, without a severity", async () => {
    const { stdout } = await ran(["status", "1326"]);
    expect(stdout).toMatch(/^0x0000052e, 1326\nERROR_LOGON_FAILURE of Win32, which is no status: /);
  });

  it.each(["SEC_E_NOTHING", "0x123456789", "99999999999", "1.5", ""])("refuses %j as misuse", async (given) => {
    const { status, stderr } = await ran(["status", given]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^sspi-ffi status: status: expected /);
  });
});

describe("sspi-ffi explain", () => {
  const token = Buffer.from("4e544c4d5353500001000000078208a2", "hex");
  const text = /^NTLM NEGOTIATE_MESSAGE, 16 bytes\n {2}flags {2}NEGOTIATE_UNICODE, /;

  it("explains its argument, or with - what standard input holds", async () => {
    const given = await ran(["explain", token.toString("base64")]);
    expect(given).toEqual({ status: 0, stdout: expect.stringMatching(text), stderr: "" });
    expect(await ran(["explain", "-"], `${token.toString("hex")}\n`)).toEqual(given);
  });

  it("--json prints the explanation as data", async () => {
    const { stdout } = await ran(["explain", "--json", `Authorization: NTLM ${token.toString("base64")}`]);
    expect(JSON.parse(stdout)).toMatchObject({ mechanism: "HTTP", inside: [{ mechanism: "NTLM", size: 16 }] });
  });

  it("exits with 1 where it does not recognise the bytes, and with 2 where there are none", async () => {
    expect((await ran(["explain", "ffff"])).status).toBe(1);
    const { status, stderr } = await ran(["explain", "no token!"]);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr:
        "sspi-ffi explain: token: expected base64, hex, or a header of HTTP, got 9 characters of something else\n",
    });
  });
});
