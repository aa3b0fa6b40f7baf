import type { JsonValue } from './json-tree.ts';

const WHOLE_NUMBER = /^-?\d+$/;

/**
 * Plain values that could stand in the place of this one and are shorter, the simplest first. Words stay as
 * they are: a reader learns more from `mount` than from `x`.
 * @param isInList An empty text in a list is not the same as none.
 */
export function simplerValues(value: JsonValue, isInList: boolean): readonly JsonValue[] {
  if (typeof value === 'number') return Math.abs(value) > 1 ? [1] : [];
  if (typeof value !== 'string' || value === '') return [];
  return [...(isInList ? [''] : []), ...shorterTexts(value)];
}

function shorterTexts(text: string): readonly string[] {
  if (text.length === 1) return [];
  // 64-bit numbers are texts in protobuf's JSON form.
  if (WHOLE_NUMBER.test(text)) return ['1'];
  return text.startsWith('/') ? ['/'] : [];
}
