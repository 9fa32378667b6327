import { type StatusFact, type StatusName, statusFact } from "../index.ts";
import { type Command, only, succeeded, UsageError } from "./command.ts";

/** Explains a status: `status 0x80090308`, `status -2146893048`, `status SEC_E_INVALID_TOKEN`. */
export const statusCommand: Command = async (args, { stdout }) => {
  const [text = ""] = only(args, 1, "a number or a name");
  const { code, status, kind, text: meaning } = factOf(text);
  const hex = `0x${status.toString(16).padStart(8, "0")}`;
  const number = `${hex}, ${status | 0}`;
  // A number without a name is printed without a severity, because none is defined for it.
  stdout.write(code === hex ? `${number}\n${meaning}\n` : `${code} (${number})\n${kind}: ${meaning}\n`);
  return succeeded;
};

/** @throws UsageError */
function factOf(text: string): StatusFact {
  try {
    return statusFact(statusOf(text));
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

/** Eight digits are read as hexadecimal, because logs show a status without its prefix. */
function statusOf(text: string): number | StatusName {
  if (/^(0x[0-9a-f]{1,8}|-?\d{1,10})$/i.test(text) && !/^\d{8}$/.test(text)) return Number(text);
  return /^[0-9a-f]{8}$/i.test(text) ? Number.parseInt(text, 16) : (text.toUpperCase() as StatusName);
}
