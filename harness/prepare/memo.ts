/** What `make` gives for a key is made once, however many ask for it; after a failure, once more. */
export type Memo<V> = (key: string, make: () => Promise<V>) => Promise<V>;

export function createMemo<V>(): Memo<V> {
  const made = new Map<string, Promise<V>>();
  return (key, make) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make();
    made.set(key, value);
    // Who asked is told by the value itself.
    value.catch(() => made.delete(key));
    return value;
  };
}
