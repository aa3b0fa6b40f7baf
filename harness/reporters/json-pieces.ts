/**
 * JSON in pieces, indented for people as `JSON.stringify(value, undefined, 2)` does it. Each item
 * of a long list is one line and one piece: nobody reads all of it, and a line for each field would
 * be slow to write and to search. Our own code: libraries that stringify to a stream go value by
 * value, which takes many times as long.
 */

const SHORT_LENGTH_MAX = 1000;
/** How deep lists are broken up like this: down to the hits of a crash. */
const DEPTH_MAX = 3;

/** @param value Plain JSON. */
export function* jsonPieces(value: unknown, depth = 0): Generator<string> {
  const indent = '  '.repeat(depth);
  if (!holdsLongList(value, depth)) {
    yield JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${indent}`);
    return;
  }
  const isLong = isLongList(value);
  const isList = Array.isArray(value);
  let before = isList ? '[' : '{';
  for (const [key, part] of isList ? value.entries() : Object.entries(value as object)) {
    if (part === undefined) continue;
    yield `${before}\n${indent}  ${isList ? '' : `${JSON.stringify(key)}: `}`;
    if (isLong) yield JSON.stringify(part);
    else yield* jsonPieces(part, depth + 1);
    before = ',';
  }
  yield `\n${indent}${isList ? ']' : '}'}`;
}

function holdsLongList(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return false;
  return isLongList(value) || Object.values(value).some((part) => holdsLongList(part, depth + 1));
}

function isLongList(value: unknown): boolean {
  return Array.isArray(value) && value.length > SHORT_LENGTH_MAX;
}
