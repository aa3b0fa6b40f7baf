/** Makes each key's value once, however many callers ask for it; after a failure, anew. */
export type Memo<V> = (key: string, make: () => Promise<V>) => Promise<V>;

export function createMemo<V>(): Memo<V> {
  const made = new Map<string, Promise<V>>();
  return (key, make) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make();
    made.set(key, value);
    // The caller handles the rejection of `value` itself.
    value.catch(() => made.delete(key));
    return value;
  };
}
