/** One way to use SSPI, on which every workload runs. All of them do the same work and check its outcome. */
export interface Contender {
  readonly name: string;
  /**
   * `count` whole exchanges, one after the other; `reuse`: with one client credential for all of them. Undefined for a
   * contender that takes part in other workloads only.
   */
  handshakes?(count: number, reuse: boolean): void | Promise<void>;
  /** Lists the packages so many times; undefined for a contender that does not take part in that. */
  lists?(count: number): void;
  /** Acquires and releases so many credentials of a client; undefined as above. */
  acquisitions?(count: number): void;
  /** An established pair of contexts; undefined for a contender that takes part in handshakes only. */
  establish?(): Established;
  /** Releases what it keeps between the workloads. */
  close?(): void | Promise<void>;
}

/** An established pair of contexts. */
export interface Established {
  /** The client encrypts and the server decrypts `bytes` in place: the token, then the message. */
  protect(count: number, bytes: Buffer): void;
  /** Asks the client for its sizes, as the object that the contender's users get. */
  sizes?(count: number): void;
  /** Releases both; kept open, they would be reported as forgotten. */
  close(): void;
}

/** What all contenders authenticate with. */
export interface Setting {
  /** File or soname of WinPR 2. */
  readonly library: string;
  /** File with alice's hash, in WinPR's SAM format. */
  readonly samFile: string;
  /** Folder of the compiled native contenders. */
  readonly native: string;
}

export const alice = { user: "alice", domain: "", password: "userpw" } as const;
export const target = "HTTP/localhost";

/** What NTLM puts before a message. */
export const tokenSize = 16;

export function expect(condition: boolean, what: string): void {
  if (!condition) throw new Error(`${what}: not the outcome that the workload is for`);
}
