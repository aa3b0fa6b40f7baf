/** What an issue of ours is about, for the next night: in a comment that GitHub does not show. */
import { z } from 'zod';
import { parseJson } from '../parse-json.ts';
import { toLine } from '../text.ts';
import type { NightProblem } from './night.ts';

// Where our own words are: further down, a guest could have put another one.
const MARKER = /^<!-- kmx-nightly ([\w-]*) -->/;
const NAME_LENGTH_MAX = 100;
/** As JSON; a third more in the issue. */
const BYTES_MAX = 20_000;

const schema = z.strictObject({
  /** Of problems, by id: what they are called. */
  problems: z.record(z.string().max(64), z.string().max(NAME_LENGTH_MAX)),
  /** There were more than there is room for. */
  isTruncated: z.boolean(),
});
export type KnownProblems = Readonly<z.infer<typeof schema>>;

export const NOTHING_KNOWN: KnownProblems = { problems: {}, isTruncated: false };

export function nameOf({ kind, title }: NightProblem): string {
  return toLine(`${kind}: ${title}`, NAME_LENGTH_MAX);
}

/** No text of a guest can end the comment. @param names By id, what matters most first. */
export function writeMarker(names: readonly (readonly [id: string, name: string])[]): string {
  const kept: (readonly [string, string])[] = [];
  let bytes = 0;
  for (const one of names) {
    bytes += Buffer.byteLength(JSON.stringify(one));
    if (bytes > BYTES_MAX) break;
    kept.push(one);
  }
  const known: KnownProblems = {
    problems: Object.fromEntries(kept),
    isTruncated: kept.length < names.length,
  };
  return `<!-- kmx-nightly ${Buffer.from(JSON.stringify(known)).toString('base64url')} -->`;
}

/** Undefined if a text is of no issue of ours; nothing known if somebody has changed the marker. */
export function readMarker(body: string): KnownProblems | undefined {
  const text = MARKER.exec(body)?.[1];
  if (text === undefined) return undefined;
  const { success, data } = schema.safeParse(
    parseJson(Buffer.from(text, 'base64url').toString('utf8')),
  );
  return success ? data : NOTHING_KNOWN;
}
