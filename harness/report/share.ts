/**
 * The same value, built from the equal parts of an earlier one. Guests of a run differ in a few
 * words of their command lines, and a panic that hits thousands of cells says the same in each:
 * without this, memory would hold as many copies as the log.
 */
export function share<T>(value: T, earlier: unknown): T {
  if (value === earlier) return earlier as T;
  if (typeof value !== 'object' || value === null) return value;
  if (typeof earlier !== 'object' || earlier === null) return value;
  if (isEqual(value, earlier)) return earlier as T;
  if (Array.isArray(value) !== Array.isArray(earlier)) return value;
  return (
    Array.isArray(value)
      ? shareList(value, earlier as readonly unknown[])
      : shareRecord(value as Fields, earlier as Fields)
  ) as T;
}

type Fields = Readonly<Record<string, unknown>>;

function shareList(value: readonly unknown[], earlier: readonly unknown[]): readonly unknown[] {
  return value.map((part, index) => share(part, earlier[index]));
}

function shareRecord(value: Fields, earlier: Fields): Fields {
  // Own properties only: a guest may name a field after a method of Object.
  const earlierPart = (key: string): unknown =>
    Object.hasOwn(earlier, key) ? earlier[key] : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, share(part, earlierPart(key))] as const),
  );
}

/** Most values are the same as the one before: finding that out allocates nothing. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || one === null) return false;
  if (typeof other !== 'object' || other === null) return false;
  if (Array.isArray(one)) return Array.isArray(other) && isEqualList(one, other);
  return !Array.isArray(other) && isEqualRecord(one as Fields, other as Fields);
}

function isEqualList(one: readonly unknown[], other: readonly unknown[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) {
    if (!isEqual(one[index], other[index])) return false;
  }
  return true;
}

function isEqualRecord(one: Fields, other: Fields): boolean {
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(other, key) || !isEqual(one[key], other[key])) return false;
  }
  return true;
}
