/**
 * The same value, built from the equal parts of an earlier one. Guests of a run differ in a few
 * words of their command lines, and a panic that hits thousands of cells says the same in each:
 * without this, memory would hold as many copies as the log.
 */
export function share<T>(value: T, earlier: unknown): T {
  if (value === earlier) return earlier as T;
  if (typeof value !== 'object' || value === null) return value;
  if (typeof earlier !== 'object' || earlier === null) return value;
  if (Array.isArray(value) !== Array.isArray(earlier)) return value;
  return (
    Array.isArray(value)
      ? shareList(value, earlier as readonly unknown[])
      : shareRecord(value as Fields, earlier as Fields)
  ) as T;
}

type Fields = Readonly<Record<string, unknown>>;

function shareList(value: readonly unknown[], earlier: readonly unknown[]): readonly unknown[] {
  const parts = value.map((part, index) => share(part, earlier[index]));
  const isSame =
    parts.length === earlier.length && parts.every((part, index) => part === earlier[index]);
  return isSame ? earlier : parts;
}

function shareRecord(value: Fields, earlier: Fields): Fields {
  // Own properties only: a guest may name a field after a method of Object.
  const earlierPart = (key: string): unknown =>
    Object.hasOwn(earlier, key) ? earlier[key] : undefined;
  const parts = Object.entries(value).map(
    ([key, part]) => [key, share(part, earlierPart(key))] as const,
  );
  const isSame =
    parts.length === Object.keys(earlier).length &&
    parts.every(([key, part]) => Object.hasOwn(earlier, key) && part === earlier[key]);
  return isSame ? earlier : Object.fromEntries(parts);
}
