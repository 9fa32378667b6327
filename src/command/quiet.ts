/** WinPR's log, which goes to the terminal, would be in the way of what is printed. It is read when WinPR is loaded. */
export function silenceWinpr(): void {
  process.env["WLOG_LEVEL"] ??= "OFF";
}
