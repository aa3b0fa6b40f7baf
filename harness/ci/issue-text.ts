/**
 * The text of the issue about bad nights. Whatever a guest said is in code spans, where GitHub sees no
 * mention, link, reference or HTML.
 */
import { z } from 'zod';
import { count } from '../phrases.ts';
import { toLine } from '../text.ts';
import type { Night, Trouble } from './night.ts';

/** GitHub takes 65,536 characters at most. */
const LENGTH_MAX = 60_000;
const TITLE_LENGTH_MAX = 200;
const LISTED_MAX = 50;
const NAMED_MAX = 300;

export interface NightLinks {
  /** Where its log and artifacts are. */
  readonly night: string;
  /** Command line of arguments of kmx, as a user types it. */
  readonly commandLine: (words: readonly string[]) => string;
}

export function issueTitle({ headline }: Night): string {
  return toLine(`Nightly: ${headline}`, TITLE_LENGTH_MAX);
}

export function issueBody({ headline, troubles }: Night, links: NightLinks): string {
  const listed = troubles.slice(0, LISTED_MAX).map((trouble) => describeTrouble(trouble, links));
  const more = troubles.length - listed.length;
  const head = `**${headline}**\n\nFrom [the last night](${links.night}); \`nightly-report\` there has all of it, \`index.html\` first.`;
  const foot =
    'kmx updates this issue each night, comments when something comes or goes, and closes it after a good one.';
  const marker = writeMarker(troubles);
  let text = '';
  let shown = 0;
  for (const item of listed) {
    if (head.length + text.length + item.length + foot.length + marker.length > LENGTH_MAX) break;
    text += `\n${item}`;
    shown += 1;
  }
  const rest = more + listed.length - shown;
  const last = rest > 0 ? [`… and ${rest} more in the report.`] : [];
  return [marker, head, text, ...last, '', foot].join('\n');
}

function describeTrouble(
  { kind, title, extent, isNew, reproduce }: Trouble,
  { commandLine }: NightLinks,
): string {
  const what = `- ${isNew ? '**new** ' : ''}**${kind}** ${codeSpan(title)}`;
  const where = extent === '' ? '' : `: ${extent}`;
  const how = reproduce === undefined ? '' : `\n  ${codeSpan(commandLine(reproduce), 1000)}`;
  return `${what}${where}${how}`;
}

/** CommonMark 6.1: a fence longer than any run of backticks in the text. */
export function codeSpan(text: string, lengthMax = NAMED_MAX): string {
  const line = toLine(text, lengthMax) || ' ';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

// Where our own words are: further down, a guest could have put another one.
const MARKER = /^<!-- kmx-nightly ([\w-]*) -->/;
const knownSchema = z.record(z.string().max(64), z.string().max(NAMED_MAX + 100));
/** Of troubles, by id: what they are called. */
export type KnownTroubles = Readonly<Record<string, string>>;

/** What the issue is about, for the next night. No text of a guest can end the comment. */
function writeMarker(troubles: readonly Trouble[]): string {
  const known = troubles
    .slice(0, LISTED_MAX * 4)
    .map(({ id, kind, title }) => [id, toLine(`${kind}: ${title}`, 100)]);
  const text = Buffer.from(JSON.stringify(Object.fromEntries(known))).toString('base64url');
  return `<!-- kmx-nightly ${text} -->`;
}

/** Undefined if a text is of no issue of ours. */
export function readMarker(body: string): KnownTroubles | undefined {
  const text = MARKER.exec(body)?.[1];
  if (text === undefined) return undefined;
  try {
    return knownSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return {};
    throw error;
  }
}

/** What came and what went; undefined if nothing did. */
export function changeComment(
  known: KnownTroubles,
  night: Night,
  links: NightLinks,
): string | undefined {
  const now = new Set(night.troubles.map(({ id }) => id));
  const came = night.troubles.filter(({ id }) => !Object.hasOwn(known, id));
  const went = Object.entries(known).filter(([id]) => !now.has(id));
  if (came.length === 0 && went.length === 0) return undefined;
  const list = (items: readonly string[]) => [
    ...items.slice(0, LISTED_MAX),
    ...(items.length > LISTED_MAX ? [`- … and ${items.length - LISTED_MAX} more`] : []),
  ];
  return [
    `[This night](${links.night}): ${count(came.length, 'cause')} came, ${went.length} went.`,
    ...(came.length === 0
      ? []
      : ['', 'Came:', ...list(came.map((it) => describeTrouble(it, links)))]),
    ...(went.length === 0
      ? []
      : ['', 'Went:', ...list(went.map(([, name]) => `- ${codeSpan(name)}`))]),
  ]
    .join('\n')
    .slice(0, LENGTH_MAX);
}

export function closingComment(night: Night, links: NightLinks): string {
  return `[This night](${links.night}) was good. ${night.headline}`;
}
