/** JSON values as trees: their parts by path, and copies without some of them. Pure. */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

export type { JsonObject, JsonValue };

/** Keys of objects and indexes of lists, from the outside in. */
export type JsonPath = readonly (string | number)[];

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys or indexes of what a value is made of, in its order; none for a plain one. */
export function partsOf(value: JsonValue): JsonPath {
  if (Array.isArray(value)) return [...value.keys()];
  return isObject(value) ? Object.keys(value) : [];
}

/** Throws a RangeError if there is nothing at the path. */
export function valueAt(root: JsonValue, path: JsonPath): JsonValue {
  let value: JsonValue | undefined = root;
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)];
    else value = isObject(value) ? value[key] : undefined;
    if (value === undefined) throw new RangeError(`Expected a value at ${path.join('.')}`);
  }
  return value;
}

/** A copy with another value at the path. */
export function replaceAt(root: JsonValue, path: JsonPath, value: JsonValue): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const inner = replaceAt(valueAt(root, [key]), rest, value);
  if (Array.isArray(root)) return root.with(Number(key), inner);
  return { ...(root as JsonObject), [key]: inner };
}

/** A copy of a list or an object without some of its parts. */
export function withoutParts(value: JsonValue, parts: JsonPath): JsonValue {
  const removed = new Set(parts);
  if (Array.isArray(value)) return value.filter((_item, index) => !removed.has(index));
  const kept = Object.entries(value as JsonObject).filter(([key]) => !removed.has(key));
  return Object.fromEntries(kept);
}

/** How many keys and list items there are, at any depth. */
export function countParts(value: JsonValue): number {
  return partsOf(value).reduce<number>(
    (sum, key) => sum + 1 + countParts(valueAt(value, [key])),
    0,
  );
}

/** The same text for equal values: the order of an object's keys says nothing. */
export function canonicalText(value: JsonValue): string {
  return JSON.stringify(value, (_key, part: JsonValue) =>
    isObject(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
