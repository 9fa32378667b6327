/**
 * Disables WinPR's log on the terminal, which would mix with the command's output. WinPR reads the variable when it is
 * loaded.
 */
export function silenceWinpr(): void {
  process.env["WLOG_LEVEL"] ??= "OFF";
}
