/** Failed assertions of C and C++ programs: each is one whole line, with what failed and where. */
import { placeInC } from './source-place.ts';

export interface FailedAssert {
  readonly message: string;
  readonly place: string;
}

type Reader = (text: string) => FailedAssert | undefined;

/** Each of these lines contains one of these words. */
export const ASSERT_WORDS: readonly string[] = [
  'ssertion ',
  'should not be reached',
  'ERROR **: ',
  'Check failed: ',
  ':FATAL:',
];

/** What a program says of a failed assertion before it aborts. */
export function readAssert(text: string): FailedAssert | undefined {
  for (const read of READERS) {
    const failed = read(text);
    if (failed !== undefined) return failed;
  }
  return undefined;
}

/** glibc, assert/assert.c: `prog: file.c:12: func: Assertion `x' failed.`, behind anything. */
const GLIBC_PLACE = /(?:^|\s)([^\s:]+):(\d+): /;
const GLIBC_END = "' failed.";

function readGlibc(text: string): FailedAssert | undefined {
  if (!text.endsWith(GLIBC_END)) return undefined;
  const at = Math.max(text.indexOf(': Assertion `'), text.indexOf(": Assertion '"));
  const [, file = '', row] = at === -1 ? [] : (GLIBC_PLACE.exec(text.slice(0, at + 2)) ?? []);
  if (row === undefined) return undefined;
  const condition = text.slice(at + ': Assertion `'.length, -GLIBC_END.length);
  return failed(condition, file, row);
}

/** Of a pattern whose groups are the condition, the file and the line. */
function reader(word: string, pattern: RegExp): Reader {
  return (text) => {
    if (!text.includes(word)) return undefined;
    const [, condition, file = '', row = ''] = pattern.exec(text) ?? [];
    return condition === undefined ? undefined : failed(condition, file, row);
  };
}

/** Of a pattern whose groups are the file, the line and all of the message. */
function placeFirst(word: string, pattern: RegExp): Reader {
  return (text) => {
    if (!text.includes(word)) return undefined;
    const [, file, row = '', message = ''] = pattern.exec(text) ?? [];
    return file === undefined ? undefined : { message, place: placeInC(file, row) };
  };
}

/** glib/gtestutils.c; `code should not be reached` is g_assert_not_reached. */
const GLIB =
  /(?:^|[\s:])ERROR:([^\s:]+):(\d+):[^\s:]+: (assertion failed.*|code should not be reached)$/;

function readGlib(text: string): FailedAssert | undefined {
  const [, file, row = '', said = ''] = text.includes('ERROR:') ? (GLIB.exec(text) ?? []) : [];
  if (file === undefined) return undefined;
  // The values that were compared follow a comparison.
  const comparison = /^assertion failed \((.*?)\): /.exec(said)?.[1];
  const condition = comparison ?? /^assertion failed: \((.*)\)$/.exec(said)?.[1];
  const place = placeInC(file, row);
  return { message: condition === undefined ? said : `assertion failed: ${condition}`, place };
}

const READERS: readonly Reader[] = [
  readGlibc,
  readGlib,
  // musl, src/exit/assert.c
  reader('Assertion failed: ', /^Assertion failed: (.+) \(([^\s:]+): [^\s:]+: (\d+)\)$/),
  // The BSDs and macOS
  reader(
    'Assertion failed: ',
    /^Assertion failed: \((.+)\), function [^\s,]+, file ([^\s,]+), line (\d+)\.$/,
  ),
  // newlib, newlib/libc/stdlib/assert.c
  reader(
    ' failed: file "',
    /(?:^|\s)assertion "(.+)" failed: file "([^"]+)", line (\d+)(?:, function: .*)?$/,
  ),
  // systemd, src/basic/log.c
  reader(
    '. Aborting.',
    /(?:^|\s)Assertion '(.+)' failed at ([^\s:]+):(\d+), function [^\s,]+\. Aborting\.$/,
  ),
  // bionic, libc/bionic/__assert.cpp
  (text) => {
    const [, file = '', row = '', condition] =
      /(?:^|\s)([^\s:]+):(\d+): [^\s:]+: assertion "(.+)" failed$/.exec(text) ?? [];
    return condition === undefined ? undefined : failed(condition, file, row);
  },
  // glibc, include/assert.h: __libc_assert_fail
  placeFirst('Fatal glibc error: ', /^Fatal glibc error: ([^\s:]+):(\d+) \([^()]*\): (.+)$/),
  // glog, abseil: the compared values are in parentheses
  placeFirst(
    'Check failed: ',
    /(?:^|\s)F\d{4,8} [\d:.]+ +\d+ ([^\s:]+\.(?:c|cc|cpp|cxx|h|hh|hpp)):(\d+)\] (Check failed: .*?)(?: \([^()]* vs\. .*)?$/,
  ),
  // Chromium, base/logging.cc
  placeFirst(':FATAL:', /^\[[\d:/.]*:FATAL:([^\s()]+)\((\d+)\)\] (.+)$/),
  readFatalLog,
];

/** glib/gmessages.c: messages of this level always end the program. */
const GLIB_LOG = /(?:^|\s)\([^()\s]+:\d+\): (?:\S+-)?ERROR \*\*: (?:[\d:.]+: )?(.+)$/;

function readFatalLog(text: string): FailedAssert | undefined {
  const said = text.includes('ERROR **: ') ? GLIB_LOG.exec(text)?.[1] : undefined;
  const [, file, row = '', message = ''] = /^([^\s:]+\.\w+):(\d+): (.+)$/.exec(said ?? '') ?? [];
  return file === undefined ? undefined : { message, place: placeInC(file, row) };
}

function failed(condition: string, file: string, row: string): FailedAssert {
  return { message: `assertion failed: ${condition}`, place: placeInC(file, row) };
}
