/** What is to be done about the one issue that tracks bad nights. */

import { NOTHING_KNOWN, readMarker } from './issue-marker.ts';
import {
  changeComment,
  closingComment,
  issueBody,
  issueTitle,
  type NightLinks,
} from './issue-text.ts';
import type { Night } from './night.ts';

export interface OpenIssue {
  readonly number: number;
  readonly body: string;
}

export interface GhCall {
  /** Arguments of gh. */
  readonly words: readonly string[];
  /** Its standard input: texts are no arguments. */
  readonly input?: string;
  /** What is done, for the log. */
  readonly what: string;
}

/**
 * @param open All open issues with the label. Only one that kmx has written is touched: the oldest.
 */
export function planCalls(
  night: Night,
  open: readonly OpenIssue[],
  { label, ...links }: NightLinks & { readonly label: string },
): readonly GhCall[] {
  const own = open
    .filter(({ body }) => readMarker(body) !== undefined)
    .toSorted((one, other) => one.number - other.number)[0];
  if (night.kind === 'undecided') return [];
  if (night.kind === 'good') return own === undefined ? [] : closeIssue(own, night, links);
  return own === undefined ? openIssue(night, label, links) : updateIssue(own, night, links);
}

function openIssue(night: Night, label: string, links: NightLinks): readonly GhCall[] {
  const about = ['--description', 'Nights that were not as expected'];
  const title = ['--title', issueTitle(night)];
  return [
    {
      words: ['label', 'create', label, '--force', ...about],
      what: `made sure of the label ${label}`,
    },
    {
      words: ['issue', 'create', '--label', label, ...title, '--body-file', '-'],
      input: issueBody(night, links),
      what: 'opened an issue',
    },
  ];
}

function updateIssue(
  { number, body }: OpenIssue,
  night: Night,
  links: NightLinks,
): readonly GhCall[] {
  const known = readMarker(body) ?? NOTHING_KNOWN;
  const comment = changeComment(known, night, links);
  const edit = {
    words: ['issue', 'edit', `${number}`, '--title', issueTitle(night), '--body-file', '-'],
    input: issueBody(night, links, known),
    what: `updated the issue ${number}`,
  };
  // The comment first: were it to fail, the next night would make up for it.
  return comment === undefined ? [edit] : [commentOn(number, comment), edit];
}

function closeIssue({ number }: OpenIssue, night: Night, links: NightLinks): readonly GhCall[] {
  return [
    commentOn(number, closingComment(night, links)),
    { words: ['issue', 'close', `${number}`], what: `closed the issue ${number}` },
  ];
}

function commentOn(number: number, input: string): GhCall {
  return {
    words: ['issue', 'comment', `${number}`, '--body-file', '-'],
    input,
    what: `commented on the issue ${number}`,
  };
}
