/** What is no number at all; an integer of C cannot hold it. */
export const notNumbers: readonly unknown[] = [undefined, null, true, "1", Symbol("one"), [1], { value: 1 }, () => 1];
