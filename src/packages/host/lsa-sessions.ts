import { LUID } from "../../../generated/base/structs.ts";
import { LSA_UNICODE_STRING } from "../../../generated/lsalookup/structs.ts";
import {
  LSA_ADD_CREDENTIAL,
  LSA_CREATE_LOGON_SESSION,
  LSA_DELETE_CREDENTIAL,
  LSA_DELETE_LOGON_SESSION,
  LSA_GET_CREDENTIALS,
} from "../../../generated/ntsecpkg/callbacks.ts";
import {
  STATUS_INVALID_PARAMETER,
  STATUS_NO_MEMORY,
  STATUS_NO_SUCH_LOGON_SESSION,
  STATUS_OBJECT_NAME_COLLISION,
  STATUS_OBJECT_NAME_NOT_FOUND,
  STATUS_SUCCESS,
} from "../../../generated/ntstatus/constants.ts";
import type { Address } from "../../ctypes/index.ts";
import { countedString, readCountedBytes } from "../../interface/lsa-string.ts";
import { type Implementation, type Implementations, implement } from "../../interface/native-table.ts";
import { readStruct, readUint32, writeStruct, writeUint32 } from "../../native/index.ts";
import type { Heap } from "./heap.ts";
import type { HostSurroundings } from "./surroundings.ts";

interface StoredCredential {
  readonly package: number;
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Logon sessions, and the credentials that packages store in them. */
export function lsaSessions({ heap }: HostSurroundings): Implementations {
  const sessions = new Map<string, StoredCredential[]>();
  return { ...lifetimes(sessions), ...credentials(sessions), GetCredentials: getCredentials(sessions, heap) };
}

type Sessions = Map<string, StoredCredential[]>;

function lifetimes(sessions: Sessions): Implementations {
  return {
    CreateLogonSession: implement(LSA_CREATE_LOGON_SESSION, (logonId) => {
      const id = sessionName(logonId);
      if (sessions.has(id)) return STATUS_OBJECT_NAME_COLLISION;
      sessions.set(id, []);
      return STATUS_SUCCESS;
    }),
    DeleteLogonSession: implement(LSA_DELETE_LOGON_SESSION, (logonId) => {
      const id = sessionName(logonId);
      for (const { value } of sessions.get(id) ?? []) value.fill(0);
      return sessions.delete(id) ? STATUS_SUCCESS : STATUS_NO_SUCH_LOGON_SESSION;
    }),
  };
}

function credentials(sessions: Sessions): Implementations {
  const indexOf = (stored: StoredCredential[], id: number, key: Buffer): number =>
    stored.findIndex((entry) => entry.package === id && entry.key.equals(key));
  return {
    AddCredential: implement(LSA_ADD_CREDENTIAL, (logonId, id, keyAt, valueAt) => {
      const stored = sessions.get(sessionName(logonId));
      if (!stored) return STATUS_NO_SUCH_LOGON_SESSION;
      const key = bytesAt(keyAt);
      const value = bytesAt(valueAt);
      if (!key || !value) return STATUS_INVALID_PARAMETER;
      if (indexOf(stored, id, key) >= 0) return STATUS_OBJECT_NAME_COLLISION;
      stored.push({ package: id, key, value });
      return STATUS_SUCCESS;
    }),
    DeleteCredential: implement(LSA_DELETE_CREDENTIAL, (logonId, id, keyAt) => {
      const stored = sessions.get(sessionName(logonId));
      if (!stored) return STATUS_NO_SUCH_LOGON_SESSION;
      const index = indexOf(stored, id, bytesAt(keyAt) ?? Buffer.alloc(0));
      if (index < 0) return STATUS_OBJECT_NAME_NOT_FOUND;
      for (const { value } of stored.splice(index, 1)) value.fill(0);
      return STATUS_SUCCESS;
    }),
  };
}

/** Finds credentials by key, or one after another if all are requested; the result is allocated on the LSA's heap. */
function getCredentials(sessions: Sessions, heap: Heap): Implementation {
  const answer = (address: Address, bytes: Buffer): boolean => {
    const buffer = heap.allocateBytes("LSA heap", bytes);
    if (buffer === 0n) return false;
    writeStruct(LSA_UNICODE_STRING, address, countedString(buffer, bytes.length, 0));
    return true;
  };
  return implement(LSA_GET_CREDENTIALS, (logonId, id, context, all, keyAt, keyLength, valueAt) => {
    const stored = sessions.get(sessionName(logonId));
    if (!stored) return STATUS_NO_SUCH_LOGON_SESSION;
    const mine = stored.filter((entry) => entry.package === id);
    const position = all && BigInt(context) !== 0n ? readUint32(context) : 0;
    const found = all ? mine[position] : mine.find((entry) => entry.key.equals(bytesAt(keyAt) ?? Buffer.alloc(0)));
    if (!found) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (BigInt(keyLength) !== 0n) writeUint32(keyLength, found.key.length);
    if (all && !answer(keyAt, found.key)) return STATUS_NO_MEMORY;
    if (!answer(valueAt, found.value)) return STATUS_NO_MEMORY;
    if (all && BigInt(context) !== 0n) writeUint32(context, position + 1);
    return STATUS_SUCCESS;
  });
}

function sessionName(logonId: Address): string {
  const { LowPart, HighPart } = readStruct(LUID, logonId);
  return `${HighPart}:${LowPart}`;
}

function bytesAt(address: Address): Buffer | undefined {
  const bytes = readCountedBytes(address);
  return bytes && Buffer.from(bytes.buffer);
}
