/** What CI services, serial loggers and their like put before each line: mostly the time. */
import { behind, type Envelope } from './opened.ts';
import { ANY_TIME, ISO_TIME } from './times.ts';

/** `gh run view --log`: job, step and time. */
const GITHUB_STEP = behind(
  new RegExp(String.raw`^[^\t]{1,200}\t[^\t]{1,200}\t\ufeff?(?=${ISO_TIME} )`),
);
const GITHUB_COMMAND = behind(/^##\[(?:error|warning|notice|debug|command|section)\]/);
/** GitLab: the time, the number and name of the stream, and `+` where a line goes on. */
const GITLAB = behind(new RegExp(String.raw`^${ISO_TIME} \d\d[OE](?:\+| |$)`));
/** Buildkite's time is in an escape sequence, of which this is left. */
const BUILDKITE = behind(/^_bk;t=\d{13}/);
/**
 * Jenkins, tio, kunit.py: in brackets, some with a bar. A date and whole seconds are how programs
 * begin their own words.
 */
const BRACKETS = behind(
  new RegExp(String.raw`^\[(?!\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\])${ANY_TIME}\](?: \|)? ?`),
);
const BARE = behind(new RegExp(String.raw`^${ANY_TIME}:?(?: +\|)?(?: |$)`));
/** grabserial: the time since the start and since the line before. */
const GRABSERIAL = behind(/^\[\d{1,9}\.\d{6} \d{1,9}\.\d{6}\] ?/);

export const CI_MARKS: readonly Envelope[] = [GITHUB_STEP, GITHUB_COMMAND, BUILDKITE];
/** Forms that begin with a time and say more than that. */
export const AFTER_TIME: readonly Envelope[] = [GITLAB];
export const TIMES: readonly Envelope[] = [BARE];
export const BRACKETED_TIMES: readonly Envelope[] = [BRACKETS, GRABSERIAL];
