/** A native object with several users, released once, when its last user releases it. Its creator is the first user. */
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

  /** Forgets the object, because the native side has already released it. Only valid with one user. */
  protected abandon(): void {
    this.#users = 0;
  }

  /** Releases the native object; called once. */
  protected abstract release(): void;
}
