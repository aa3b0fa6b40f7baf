/** The calls of a test as one JSON value, `{"1": {"CreateContainer": {…}}}`, and back. */
import { packRequest } from '../../agents/kata/pack-request.ts';
import { isObject, type JsonObject, type JsonValue } from '../../minimize/json-tree.ts';
import type { RepeatableCall } from '../../trace/repeatable-calls.ts';

/** Calls are named by their numbers, which stay right when others are left out. */
export function valueOfCalls(calls: readonly RepeatableCall[]): JsonObject {
  return Object.fromEntries(
    calls.map(({ number, call, request }) => [number, { [call]: request }]),
  );
}

/**
 * The calls that a smaller value stands for. Undefined if it stands for none: a call without a name or a request, or
 * with one that does not fit it.
 * @param all Those that it was made from.
 */
export function callsOfValue(
  value: JsonValue,
  all: readonly RepeatableCall[],
): readonly RepeatableCall[] | undefined {
  if (!isObject(value)) return undefined;
  const calls: RepeatableCall[] = [];
  for (const original of all) {
    const named = value[original.number];
    if (named === undefined) continue;
    const request = isObject(named) ? named[original.call] : undefined;
    if (!isObject(request) || !isSendable(original.call, request)) return undefined;
    calls.push({ ...original, request });
  }
  return calls.length === 0 ? undefined : calls;
}

function isSendable(call: string, request: JsonObject): boolean {
  try {
    packRequest(call, request);
    return true;
  } catch {
    // Of protobuf-es: an item of a list that is no message, a number that does not fit its type.
    return false;
  }
}
