import { credentialAttributes } from "../../../generated/attributes.ts";
import {
  SpAcceptLsaModeContextFn,
  SpAcquireCredentialsHandleFn,
  SpDeleteContextFn,
  SpFreeCredentialsHandleFn,
  SpGetInfoFn,
  SpInitializeFn,
  SpInitLsaModeContextFn,
  SpQueryCredentialsAttributesFn,
  SpShutdownFn,
} from "../../../generated/ntsecpkg/callbacks.ts";
import { SECPKG_FLAG } from "../../../generated/sspi/constants.ts";
import { SecPkgInfoW } from "../../../generated/sspi/structs.ts";
import { readUnicodeString } from "../../interface/lsa-string.ts";
import { NativeMemory } from "../../interface/native-memory.ts";
import { type Implementations, implement } from "../../interface/native-table.ts";
import { writeInt64, writePointer, writeStruct } from "../../native/index.ts";
import { flagBits } from "../../values/index.ts";
import { present, settled } from "./answers.ts";
import { answerAttribute } from "./attribute-writer.ts";
import { withIdentities } from "./client-identity.ts";
import { contextRequests } from "./context-requests.ts";
import { credentialRequests, never, useName } from "./credential-requests.ts";
import { HandleTable } from "./handle-table.ts";
import { acceptLeg, initLeg } from "./legs.ts";
import { packageCalls } from "./package-calls.ts";
import type { LsaHandles, PackageParts } from "./package-parts.ts";
import { credentialsAt } from "./tls-credentials.ts";

/** The LSA mode of a package: credentials and legs. */
export class LsaMode<Credential, Context> implements LsaHandles<Credential, Context> {
  readonly credentials = new HandleTable<Credential>();
  readonly contexts = new HandleTable<Context>();
  readonly #parts: PackageParts<Credential, Context>;
  /** Strings that GetInfo returns: the LSA copies them and never releases them. */
  readonly #memory = new NativeMemory();

  constructor(parts: PackageParts<Credential, Context>) {
    this.#parts = parts;
  }

  get implementations(): Implementations {
    const { definition, answers } = this.#parts;
    return {
      ...this.#lifetime(),
      ...this.#credentials(),
      ...credentialRequests(this.#parts, this.credentials),
      ...contextRequests(this.#parts, this.contexts),
      ...packageCalls(this.#parts),
      InitLsaModeContext: definition.initContext && implement(SpInitLsaModeContextFn, initLeg(this.#parts, this)),
      AcceptLsaModeContext:
        definition.acceptContext && implement(SpAcceptLsaModeContextFn, acceptLeg(this.#parts, this)),
      DeleteContext: implement(SpDeleteContextFn, (handle) =>
        answers.done("deleteContext", () => {
          const context = this.contexts.take(BigInt(handle));
          settled(definition.deleteContext?.(context), "deleteContext");
        }),
      ),
    };
  }

  #lifetime(): Implementations {
    const { definition, answers, services } = this.#parts;
    return {
      Initialize: implement(SpInitializeFn, (_id, _parameters, table) =>
        answers.done("initialize", () => {
          settled(definition.initialize?.(), "initialize");
          services.attachLsa(table);
        }),
      ),
      Shutdown: implement(SpShutdownFn, () =>
        answers.done("shutdown", () => {
          services.detach();
          settled(definition.shutdown?.(), "shutdown");
        }),
      ),
      GetInfo: implement(SpGetInfoFn, this.#getInfo()),
    };
  }

  #getInfo(): (info: number | bigint) => number {
    const { definition, answers } = this.#parts;
    const { name, comment = "", capabilities = [], version = 1, rpcId = 0xffff, maxToken } = definition;
    const info = {
      fCapabilities: flagBits(SECPKG_FLAG, capabilities, "capabilities"),
      wVersion: version,
      wRPCID: rpcId,
      cbMaxToken: maxToken,
      Name: BigInt(this.#memory.wideString(name).address),
      Comment: BigInt(this.#memory.wideString(comment).address),
    };
    return (address) => answers.done("GetInfo", () => writeStruct(SecPkgInfoW, address, info));
  }

  #credentials(): Implementations {
    const { definition, answers, services, numbers } = this.#parts;
    return {
      AcquireCredentialsHandle: implement(
        SpAcquireCredentialsHandleFn,
        (principal, use, _logonId, authData, _key, _keyArgument, at, expiry) =>
          answers.done("acquireCredentials", () => {
            const supplied = credentialsAt(services, BigInt(authData), definition.reads ?? []);
            const credential = withIdentities([supplied.identity, supplied.credssp?.spnego], () =>
              definition.acquireCredentials({
                use: useName(use),
                principal: readUnicodeString(principal),
                ...supplied,
                client: services.client(),
              }),
            );
            const handle = numbers.next();
            this.credentials.set(handle, present(credential, "acquireCredentials"));
            writePointer(at, handle);
            if (BigInt(expiry) !== 0n) writeInt64(expiry, never);
          }),
      ),
      FreeCredentialsHandle: implement(SpFreeCredentialsHandleFn, (handle) =>
        answers.done("freeCredentials", () => {
          const credential = this.credentials.take(BigInt(handle));
          settled(definition.freeCredentials?.(credential), "freeCredentials");
        }),
      ),
      QueryCredentialsAttributes: implement(SpQueryCredentialsAttributesFn, (handle, attribute, buffer) =>
        answers.done("queryCredentials", () => {
          const known = definition.queryCredentials?.(this.credentials.get(BigInt(handle)));
          answerAttribute(credentialAttributes, known, attribute, BigInt(buffer), services);
        }),
      ),
    };
  }
}
