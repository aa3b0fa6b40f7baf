/**
 * The text of the issue about bad nights. Whatever a guest said is in code spans, where GitHub sees no
 * mention, link, reference or HTML.
 */
import { count } from '../phrases.ts';
import { markdownCode } from '../reporters/markdown.ts';
import { toLine } from '../text.ts';
import { type KnownProblems, NOTHING_KNOWN, nameOf, writeMarker } from './issue-marker.ts';
import { listWithin } from './list-within.ts';
import type { Night, NightProblem } from './night.ts';

/** Of a list. GitHub takes 65,536 characters at most: two lists, and the marker of up to 27,000. */
const LIST_LENGTH_MAX = 15_000;
const TITLE_LENGTH_MAX = 200;
const NAMED_MAX = 300;
const COMMAND_LENGTH_MAX = 1000;

export interface NightLinks {
  /** Where its log and artifacts are. */
  readonly night: string;
  /** Command line of arguments of kmx, as a user types it. */
  readonly commandLine: (words: readonly string[]) => string;
}

export function issueTitle({ headline }: Night): string {
  return toLine(`Nightly: ${headline}`, TITLE_LENGTH_MAX);
}

/** @param known Of the nights before: what a partial night cannot say is gone stays in the issue. */
export function issueBody(night: Night, links: NightLinks, known = NOTHING_KNOWN): string {
  const { headline, problems } = night;
  const kept = night.isPartial ? unseen(known, night) : [];
  const marker = writeMarker([
    ...problems.map((problem) => [problem.id, nameOf(problem)] as const),
    ...kept,
  ]);
  return [
    marker,
    `**${headline}**`,
    '',
    `From [the last night](${links.night}); \`nightly-report\` there has all of it, \`index.html\` first.`,
    '',
    listProblems(problems, links),
    ...(kept.length === 0
      ? []
      : ['', 'Not seen in this night, of which not all ran:', '', listNames(kept)]),
    '',
    'kmx updates this issue each night, comments when a problem comes or goes, and closes it after a good one.',
  ].join('\n');
}

function listProblems(problems: readonly NightProblem[], links: NightLinks): string {
  return listWithin(
    problems.map((problem) => describeProblem(problem, links)),
    LIST_LENGTH_MAX,
  );
}

function listNames(named: readonly (readonly [id: string, name: string])[]): string {
  return listWithin(
    named.map(([, name]) => `- ${codeOf(name)}`),
    LIST_LENGTH_MAX,
  );
}

function describeProblem(
  { kind, title, extent, isNew, reproduce }: NightProblem,
  { commandLine }: NightLinks,
): string {
  const what = `- ${isNew ? '**new** ' : ''}**${kind}** ${codeOf(title)}`;
  const where = extent === '' ? '' : `: ${extent}`;
  const command = reproduce === undefined ? '' : codeOf(commandLine(reproduce), COMMAND_LENGTH_MAX);
  return `${what}${where}${command === '' ? '' : `\n  ${command}`}`;
}

function codeOf(text: string, lengthMax = NAMED_MAX): string {
  return markdownCode(text, lengthMax);
}

/** What is known, and not of this night. */
function unseen({ problems }: KnownProblems, night: Night): readonly [string, string][] {
  const now = new Set(night.problems.map(({ id }) => id));
  return Object.entries(problems).filter(([id]) => !now.has(id));
}

/**
 * What came and what went; undefined if nothing did, as far as can be said: of a partial night, nothing
 * is known to be gone, and where not all is known, nothing to be new.
 */
export function changeComment(
  known: KnownProblems,
  night: Night,
  links: NightLinks,
): string | undefined {
  const came = known.isTruncated
    ? []
    : night.problems.filter(({ id }) => !Object.hasOwn(known.problems, id));
  const went = night.isPartial ? [] : unseen(known, night);
  if (came.length === 0 && went.length === 0) return undefined;
  return [
    `[This night](${links.night}): ${count(came.length, 'problem')} came, ${went.length} went.`,
    ...(came.length === 0 ? [] : ['', 'Came:', '', listProblems(came, links)]),
    ...(went.length === 0 ? [] : ['', 'Went:', '', listNames(went)]),
  ].join('\n');
}

export function closingComment(night: Night, links: NightLinks): string {
  return `[This night](${links.night}) was good. ${night.headline}`;
}
