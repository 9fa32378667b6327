import { type Field, fieldMutations } from "./fields.ts";
import type { Mutation } from "./mutation.ts";

const handshake = 22;
const [clientHello, serverHello, certificate] = [1, 2, 11];

/** RFC 8446, 5.1 and 4: the lengths of records, of handshake messages and of the parts of those messages. */
export function tlsMutations(flight: Buffer): Mutation[] {
  const fields: Field[] = [];
  const add = (name: string, at: number, bytes: 1 | 2 | 3, end: number): void => {
    if (at + bytes > end) return;
    const marks = [flight.readUIntBE(at, bytes), end - at - bytes, flight.length - at - bytes];
    fields.push({ name: `${name} at ${at}`, at, bytes, order: "big", marks });
  };
  for (let at = 0; at + 5 <= flight.length; at += 5 + flight.readUInt16BE(at + 3)) {
    const end = Math.min(flight.length, at + 5 + flight.readUInt16BE(at + 3));
    fields.push({ name: `type at ${at}`, at, bytes: 1, order: "big", marks: [20, 22] });
    fields.push({ name: `version at ${at}`, at: at + 1, bytes: 2, order: "big", marks: [0x0300, 0x0304] });
    add("record", at + 3, 2, flight.length);
    if (flight[at] === handshake) messages(flight, at + 5, end, add);
  }
  return fieldMutations(flight, fields);
}

type Add = (name: string, at: number, bytes: 1 | 2 | 3, end: number) => void;

function messages(flight: Buffer, start: number, end: number, add: Add): void {
  for (let at = start; at + 4 <= end; at += 4 + flight.readUIntBE(at + 1, 3)) {
    add("message", at + 1, 3, end);
    const type = flight[at];
    const last = Math.min(end, at + 4 + flight.readUIntBE(at + 1, 3));
    if (type === clientHello || type === serverHello) hello(flight, at + 4, last, type === clientHello, add);
    if (type === certificate) {
      add("certificates", at + 4, 3, last);
      add("certificate", at + 7, 3, last);
    }
  }
}

function hello(flight: Buffer, start: number, end: number, fromClient: boolean, add: Add): void {
  // Version and random come first.
  let at = start + 34;
  const list = (name: string, bytes: 1 | 2): void => {
    if (at + bytes > end) return;
    add(name, at, bytes, end);
    at += bytes + flight.readUIntBE(at, bytes);
  };
  list("session", 1);
  if (fromClient) {
    list("suites", 2);
    list("compressions", 1);
  } else at += 3;
  if (at + 2 > end) return;
  add("extensions", at, 2, end);
  for (at += 2; at + 4 <= end; at += 4 + flight.readUInt16BE(at + 2)) add("extension", at + 2, 2, end);
}
