/** Something native with several users, released once, when the last of them lets go. Whoever makes it is the first. */
export abstract class Shared {
  #users = 1;

  retain(): void {
    if (this.#users === 0) throw new Error("a native handle is used that has been released");
    this.#users += 1;
  }

  letGo(): void {
    if (this.#users === 0) throw new Error("a native handle was let go of by more than its users");
    this.#users -= 1;
    if (this.#users === 0) this.release();
  }

  /** The native side has released it by itself; for its only user. */
  protected abandon(): void {
    this.#users = 0;
  }

  /** Called once. */
  protected abstract release(): void;
}
