import { basename } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { UsageError } from '../errors.ts';
import { editExpectations, type Remark } from '../expectations/edit.ts';
import type { ExpectableOutcome, Expectation } from '../expectations/expectation.ts';
import { parseExpectations } from '../expectations/parse.ts';
import { isGrave, type Proposal, propose } from '../expectations/propose.ts';
import { expectationsBeside } from '../matrix/default-files.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { count } from '../phrases.ts';
import { createReportFold } from '../report/fold-report.ts';
import type { RunReport } from '../report/schema.ts';
import { replaceFile } from '../reporters/replace-file.ts';
import { toLine } from '../text.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { loadExpectations } from './load-expectations.ts';
import { loadMatrix } from './load-matrix.ts';
import { listScenarios } from './project.ts';
import { findRunLog, readRunLog } from './run-log.ts';
import { runToExpect } from './run-to-expect.ts';

export interface ExpectOptions {
  readonly matrix: string;
  readonly expectations?: string;
  readonly from: string;
  readonly out: string;
  /** True: accept any signature. */
  readonly accept?: boolean | readonly string[];
  readonly dryRun?: boolean;
  readonly reason?: string;
  readonly link?: string;
  readonly owner?: string;
  readonly expires?: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Long enough to fix it, short enough that nobody forgets why it is there. */
const DAYS_BY_DEFAULT = 90;

/**
 * Changes the file of expectations so that a run like the given one would come out as expected, and
 * prints the change. Exit code 1 if anything is left that a person has to accept or do.
 */
export function expectFrom(options: ExpectOptions): number {
  const matrix = loadMatrix(options.matrix);
  const file = options.expectations ?? expectationsBeside(matrix.file);
  const { text, expectations } = loadExpectations(matrix, options.expectations, {
    allowsOldSignatures: true,
  });
  const report = judgeAgain(options, expectations);
  const { proposals, byHand } = propose(runToExpect(report), expectations);
  const isAccepted = (proposal: Proposal): boolean => isAcceptable(proposal, options.accept);
  const accepted = proposals.filter(isAccepted);
  const isAdding = accepted.some(({ kind }) => kind === 'add');
  const edited = editExpectations(text, accepted, isAdding ? readRemark(options) : undefined);
  const next = accepted.length === 0 ? text : edited.text;
  checkEdited(next, matrix, file);
  if (next !== text) {
    process.stdout.write(createTwoFilesPatch(file, file, text, next).replace(/^=+\n/, ''));
    if (options.dryRun !== true) replaceFile(file, [next]);
  }
  const left = proposals.filter((proposal) => !isAccepted(proposal));
  return printRest(left, [...byHand, ...edited.byHand], next !== text);
}

/** If signatures are named, nothing else is accepted: whoever names some has looked at them. */
function isAcceptable(proposal: Proposal, accept: ExpectOptions['accept'] = false): boolean {
  switch (proposal.kind) {
    case 'narrow':
    case 'delete':
      return true;
    case 'add':
      return isAccepted(proposal.outcome, proposal.signatures, accept);
    case 'change':
      return isAccepted(proposal.outcome, proposal.added, accept);
  }
}

function isAccepted(
  outcome: ExpectableOutcome,
  signatures: readonly string[],
  accept: boolean | readonly string[],
): boolean {
  if (typeof accept !== 'boolean') {
    return signatures.length > 0 && signatures.every((one) => accept.includes(one));
  }
  return accept || !isGrave(outcome);
}

/** The run as judged by today's expectations, which may have changed since. */
function judgeAgain({ from, out }: ExpectOptions, expectations: readonly Expectation[]): RunReport {
  const { begin, events } = readRunLog(findRunLog(out, from));
  const today = { ...begin, expectations, time: new Date().toISOString() };
  return createReportFold([today, ...events.slice(1)]).report();
}

function readRemark({ reason, link, owner, expires }: ExpectOptions): Remark {
  if (reason === undefined) {
    throw new UsageError('there are new failures to add, and an expectation needs a reason', {
      code: 'EXPECT_NO_REASON',
      remedy: 'say why they are accepted for now: --reason "…"; to only look: --dry-run --reason x',
    });
  }
  const now = Date.now();
  const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  return omitUndefined({
    reason,
    link,
    since: dayOf(now),
    expires: expires ?? dayOf(now + DAYS_BY_DEFAULT * DAY_MS),
    owner,
  });
}

/**
 * An option may hold something that is not a link or not a day. The file's own checks find out
 * before it is written.
 */
function checkEdited(text: string, matrix: Matrix, file: string): void {
  const parsed = parseExpectations(text, matrix, listScenarios(), {
    allowsOldSignatures: true,
  });
  if (parsed.isValid) return;
  const [problem] = parsed.problems;
  const expected = problem?.expected === undefined ? '' : `: expected ${problem.expected}`;
  throw new UsageError(`${basename(file)} was not changed: ${problem?.message}${expected}`, {
    code: 'EXPECT_BAD_OPTION',
    remedy: 'see --reason, --link, --expires and --owner',
  });
}

function printRest(
  left: readonly Proposal[],
  byHand: readonly string[],
  isChanged: boolean,
): number {
  const lines = [
    ...left.map((proposal) => `not accepted: ${describe(proposal)}`),
    ...(left.length > 0 ? ['to also accept panics, oopses and hangs: --accept'] : []),
    ...byHand.map((text) => `by hand: ${text}`),
  ];
  if (lines.length === 0 && !isChanged) lines.push('everything is as expected: nothing to change');
  for (const line of lines) process.stderr.write(`${toLine(line)}\n`);
  return left.length + byHand.length > 0 ? EXIT_CODES.bad : EXIT_CODES.good;
}

function describe(proposal: Proposal): string {
  switch (proposal.kind) {
    case 'add': {
      const { outcome, title, tests, signatures } = proposal;
      return `new ${[outcome, ...signatures].join(' ')} in ${count(tests.length, 'test')}: ${title}`;
    }
    case 'change':
      return `line ${proposal.line} has become ${[proposal.outcome, ...proposal.added].join(' ')}: ${proposal.title}`;
    case 'narrow':
    case 'delete':
      return `line ${proposal.line}`;
  }
}
