import type { Provider } from "../../generated/provider.ts";
import type { Handlers, ScriptedBook } from "./scripted-book.ts";
import { ScriptedBuffers } from "./scripted-buffers.ts";
import { writeNative } from "./scripted-heap.ts";
import type { MessageCall } from "./scripted-script.ts";

type Answer = (call: MessageCall) => number;

export function messageFunctions(book: ScriptedBook): Handlers {
  const { encrypt, decrypt, sign, verify } = book.script;
  return {
    ...(encrypt && { EncryptMessage: (...args) => protect(book, "EncryptMessage", args, encrypt) }),
    ...(sign && { MakeSignature: (...args) => protect(book, "MakeSignature", args, sign) }),
    ...(decrypt && { DecryptMessage: (...args) => unprotect(book, "DecryptMessage", args, decrypt) }),
    ...(verify && { VerifySignature: (...args) => unprotect(book, "VerifySignature", args, verify) }),
  };
}

function protect(
  book: ScriptedBook,
  name: string,
  args: Parameters<Provider["EncryptMessage"]>,
  answer: Answer,
): number {
  const [handle, quality, message, sequence] = args;
  return book.with("context", handle, name, (context) =>
    answer({ context, quality, sequence, buffers: new ScriptedBuffers(message), answerQuality: () => {} }),
  );
}

function unprotect(
  book: ScriptedBook,
  name: string,
  args: Parameters<Provider["DecryptMessage"]>,
  answer: Answer,
): number {
  const [handle, message, sequence, place] = args;
  const answerQuality = (quality: number): void => writeNative(place, new Uint8Array(Uint32Array.of(quality).buffer));
  return book.with("context", handle, name, (context) =>
    answer({ context, quality: undefined, sequence, buffers: new ScriptedBuffers(message), answerQuality }),
  );
}
