/**
 * What `JSON.stringify(value, undefined, 2)` gives, in pieces. Written by hand: the libraries that
 * stringify to a stream go value by value, which takes many times as long, and none of them indents
 * as JSON.stringify does.
 */

/** A list that is longer is taken apart; what is left is stringified as a whole. */
const WHOLE_LENGTH_MAX = 100;
/** How deep long lists are looked for: the hits of a crash of a report. */
const DEPTH_MAX = 3;

/** @param value Plain JSON. */
export function* jsonPieces(value: unknown, depth = 0): Generator<string> {
  if (!holdsLongList(value, depth)) {
    yield stringifyAt(value, depth);
    return;
  }
  const isList = Array.isArray(value);
  const indent = '  '.repeat(depth);
  let before = isList ? '[' : '{';
  for (const [key, part] of Object.entries(value as object)) {
    if (part === undefined) continue;
    yield `${before}\n${indent}  ${isList ? '' : `${JSON.stringify(key)}: `}`;
    yield* jsonPieces(part, depth + 1);
    before = ',';
  }
  yield `\n${indent}${isList ? ']' : '}'}`;
}

/** Within as many lists as give it its indentation, without what these have around it. */
function stringifyAt(value: unknown, depth: number): string {
  let wrapped = value;
  for (let level = 0; level < depth; level++) wrapped = [wrapped];
  const text = JSON.stringify(wrapped, undefined, 2);
  // Each level has a bracket, a line feed and an indentation, which is one step more before the value.
  return text.slice(depth * (depth + 3), text.length - depth * (depth + 1));
}

function holdsLongList(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return false;
  if (Array.isArray(value) && value.length > WHOLE_LENGTH_MAX) return true;
  return Object.values(value).some((part) => holdsLongList(part, depth + 1));
}
