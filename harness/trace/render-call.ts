import type { JsonValue } from '@bufbuild/protobuf';
import { count } from '../phrases.ts';
import { beginningOf, toLine } from '../text.ts';
import type { JsonObject, TracedCall } from './traced-call.ts';

/** One step of a call for people, on one printable line of at most `lengthMax` characters. */
export function renderCall(call: TracedCall, lengthMax: number): string {
  return toLine(`${call.number} ${call.call} ${whatOf(call, lengthMax)}`, lengthMax);
}

function whatOf({ state, request, answer, error, afterMs = 0 }: TracedCall, max: number): string {
  switch (state) {
    case 'begin':
      return renderMessage(request, max);
    case 'answered':
      return `answered after ${afterMs} ms ${renderMessage(answer, max)}`;
    case 'refused':
      return `refused after ${afterMs} ms: ${error?.code}: ${beginningOf(error?.message ?? '', max)}`;
    case 'timeout':
      return `got no answer in ${afterMs} ms, its limit`;
    case 'lost':
      return `got no answer: its connection ended after ${afterMs} ms`;
  }
}

/** As JSON without what is empty; of a long list only how long it is. An empty message says nothing. */
function renderMessage(message: JsonObject | undefined, lengthMax: number): string {
  const text = message === undefined ? undefined : renderValue(message);
  return text === undefined ? '' : beginningOf(text, lengthMax);
}

/** A longer list is told, not shown. */
const LIST_LENGTH_MAX = 40;

/** Undefined for what is empty. */
function renderValue(value: JsonValue): string | undefined {
  if (Array.isArray(value)) return renderList(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).flatMap(([key, member]) => {
    const text = renderValue(member);
    return text === undefined ? [] : [`${JSON.stringify(key)}:${text}`];
  });
  return members.length === 0 ? undefined : `{${members.join(',')}}`;
}

function renderList(list: readonly JsonValue[]): string | undefined {
  const text = JSON.stringify(list);
  if (list.length === 0) return undefined;
  return text.length <= LIST_LENGTH_MAX ? text : `[${count(list.length, 'item')}]`;
}
