import { describe, expect, it } from "vitest";
import { SEC_E_INVALID_TOKEN, SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { ClientContext, ContextStateError, type Leg, ServerContext } from "../../src/index.ts";
import { releaseWarnings } from "../release-warnings.ts";
import { inbound, outbound, scripted } from "../scripted/scripted.ts";

describe("a package that uses this library while it is called", () => {
  it("shares no memory with the call that called it", () => {
    const inner = scripted({
      legs: Array(3).fill({ status: SEC_I_CONTINUE_NEEDED, token: Buffer.alloc(256, "inner") }),
    });
    using innerCredential = outbound(inner);
    const outer = scripted({
      legs: [
        ({ input, output }) => {
          using nested = new ClientContext(innerCredential, { target: "HTTP/inner" });
          for (let leg = 0; leg < 3; leg += 1) nested.stepSync(Buffer.alloc(500, "inner"));
          expect(input?.all[0]?.bytes).toEqual(Buffer.alloc(500, "outer"));
          expect(output.all[0]?.size).toBe(256);
          return { status: SEC_E_OK, token: Buffer.from("outer"), attributes: 0x10 };
        },
      ],
    });
    using credential = inbound(outer);
    using server = new ServerContext(credential);
    expect(server.stepSync(Buffer.alloc(500, "outer"))).toMatchObject({ token: Buffer.from("outer") });
    expect(inner.legs.map((leg) => leg.target)).toEqual(Array(3).fill("HTTP/inner"));
  });

  it("cannot take a step of the context that is taking one", () => {
    const refusals: unknown[] = [];
    const sspi = scripted({
      legs: [
        () => {
          try {
            client.stepSync();
          } catch (error) {
            refusals.push(error);
          }
          return { status: SEC_E_OK };
        },
      ],
    });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    expect(client.stepSync().status).toBe("complete");
    expect(refusals).toEqual([expect.any(ContextStateError)]);
    expect(sspi.handles.count("context")).toBe(1);
  });

  it.each([1, 2])("may close the context in leg %i: it is deleted once, when that leg has ended", (closing) => {
    const deletedWithin: number[] = [];
    const leg = (number: number) => () => {
      if (number === closing) client.close();
      deletedWithin.push(sspi.count("DeleteSecurityContext"));
      return { status: SEC_I_CONTINUE_NEEDED, token: Buffer.from("t") };
    };
    const sspi = scripted({ legs: [leg(1), leg(2)] });
    const credential = outbound(sspi);
    const client = new ClientContext(credential);
    credential.close();
    const steps: Leg[] = [];
    for (let number = 1; number <= closing; number += 1) steps.push(client.stepSync(Buffer.from("t")));
    expect(steps.at(-1)).toMatchObject({ status: "continue", token: Buffer.from("t") });
    expect(deletedWithin).toEqual(Array(closing).fill(0));
    expect(sspi.released.slice(-2)).toEqual(["DeleteSecurityContext", "FreeCredentialsHandle"]);
  });
});

describe("a provider that throws instead of returning a status", () => {
  const broken = (): never => {
    throw new Error("the package is broken");
  };

  it("leaves nothing behind in the first leg, and the context can be closed", async () => {
    const sspi = scripted({ legs: [broken, broken] });
    using credential = outbound(sspi);
    using first = new ClientContext(credential);
    expect(() => first.stepSync()).toThrow("the package is broken");
    using second = new ClientContext(credential);
    await expect(second.step()).rejects.toThrow("the package is broken");
    expect(sspi.count("DeleteSecurityContext")).toBe(0);
  });

  it("has its context deleted once in a later leg, since the context's state is unknown", async () => {
    const sspi = scripted({
      legs: [{ status: SEC_I_CONTINUE_NEEDED }, broken, { status: SEC_I_CONTINUE_NEEDED }, broken],
    });
    using credential = outbound(sspi);
    using onLoop = new ClientContext(credential);
    onLoop.stepSync();
    expect(() => onLoop.stepSync(Buffer.from("t"))).toThrow("the package is broken");
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
    expect(() => onLoop.query("sizes")).toThrow(ContextStateError);
    using offLoop = new ClientContext(credential);
    offLoop.stepSync();
    await expect(offLoop.step(Buffer.from("t"))).rejects.toThrow("the package is broken");
    expect(sspi.count("DeleteSecurityContext")).toBe(2);
  });

  it("has its context deleted once in CompleteAuthToken", () => {
    const sspi = scripted({ legs: [{ status: 0x0009_0313 }], complete: broken });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    expect(() => client.stepSync()).toThrow("the package is broken");
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
  });
});

describe("a provider that refuses to release", () => {
  it("is reported as a process warning, and the caller's own result or error is kept", async () => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK }], refuse: { DeleteSecurityContext: SEC_E_INVALID_TOKEN } });
    using credential = outbound(sspi);
    const client = new ClientContext(credential);
    client.stepSync();
    client.close();
    expect(await releaseWarnings()).toEqual(["DeleteSecurityContext answered 0x80090308"]);
  });
});
