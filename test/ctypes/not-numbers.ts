/** Values that are no number at all, which an integer of C cannot hold. */
export const notNumbers: readonly unknown[] = [undefined, null, true, "1", Symbol("one"), [1], { value: 1 }, () => 1];
