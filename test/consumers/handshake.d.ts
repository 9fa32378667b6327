export function handshakes(): Promise<readonly string[]>;
