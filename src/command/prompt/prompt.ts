export async function runPrompt(): Promise<number> {
  return 0;
}
