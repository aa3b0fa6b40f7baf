/**
 * First lines of panics that another writer or binary bytes have damaged, recognised by what is left
 * of them. Only panics are worth the risk of a wrong guess.
 */
import type { IndexedPattern } from './report-start.ts';

/** The reason follows one of these. A program that quotes a panic writes it differently. */
const BEFORE_REASON: readonly RegExp[] = [
  /^K[^"':=]{4,28}not syncing: (?!<)(.*)/,
  /^Kernel panic - [^"'=]{0,40}?syncing: (?!<)(.*)/,
  /^Kernel panic - [^"':=]{4,24}: (?!<)(.*)/,
  /^Kernel panic - not syncing(?!: <)\S? ?(.*)/,
];

/** kernel/panic.c, with one of its two parts as it should be. */
export const GARBLED_PATTERNS: readonly IndexedPattern[] = BEFORE_REASON.map((text) => ({
  words: ['not syncing: ', 'ernel panic - '],
  text,
  class: 'kernel-panic',
  title: titleOfPanic,
  unplaced: 'title',
  placeIn: 'trace',
}));

/**
 * Second words of frequent reports, one of which is still there if control characters broke the first
 * one. Those are taken out of a line before it is looked at, but after it is searched for words.
 */
export const SECOND_WORDS: readonly string[] = [
  'Kernel pa',
  'nic - not ',
  'ncing: ',
  'unable to handle ',
  'NULL pointer dereference',
  ' stuck for ',
  ' blocked for more than ',
  'detected stalls',
  'general protection',
];

function titleOfPanic([, why = '']: RegExpExecArray): string {
  return `Kernel panic: ${why}`;
}

/** Bytes that are no text, as the decoder shows them. */
const NO_TEXT = /\ufffd+/g;

/** The message without what is no text in it; undefined if it is all text. */
export function dropNoText(message: string): string | undefined {
  return message.includes('\ufffd') ? message.replace(NO_TEXT, '') : undefined;
}
