import { count } from '../../phrases.ts';
import { countCells, knownGroups, type Problem, problemsOf } from '../../report/problems.ts';
import type { CrashReport, FailureReport, RunReport } from '../../report/schema.ts';
import { CRASH_CLASSES } from '../../verdict/finding.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import { h } from '../element.ts';
import { formatCount } from '../format.ts';
import { kernelAddress } from './addresses.ts';
import { countHits } from './hit-list.ts';
import { ProblemGroup } from './problem-group.ts';
import { verdictOfGroup } from './problem-title.ts';
import type { ReportContext } from './report-context.ts';
import type { SectionContent } from './section.ts';

/** So many groups of one kind are symptoms, not causes: the rest is in the cells. */
const GROUPS_MAX = 100;

interface Kind {
  readonly id: string;
  readonly title: string;
  readonly isOf: (verdict: Verdict) => boolean;
}

const isCrash = (verdict: Verdict): boolean => CRASH_CLASSES.some((kind) => kind === verdict);

const PROBLEM_KINDS: readonly Kind[] = [
  { id: 'crashes', title: 'Crashes', isOf: isCrash },
  {
    id: 'failures',
    title: 'Failures',
    isOf: (verdict) => !(isCrash(verdict) || verdict === 'miss'),
  },
  { id: 'missed', title: 'Missed', isOf: (verdict) => verdict === 'miss' },
];

/** What went wrong, each cause once: what was not expected, and folded below it what is known. */
export function problemSections(context: ReportContext): readonly SectionContent[] {
  const problems = problemsOf(context.report);
  const known = knownGroups(context.report);
  return PROBLEM_KINDS.flatMap(({ id, title, isOf }) => {
    const props = {
      context,
      problems: problems.filter(({ verdict }) => isOf(verdict)),
      known: known.filter((group) => isOf(verdictOfGroup(group))),
      missingKernels: id === 'missed' ? context.report.missingKernels : [],
    };
    const size = props.problems.length + props.known.length + props.missingKernels.length;
    if (size === 0) return [];
    const note =
      id === 'missed'
        ? countHits(props.problems.flatMap(({ hits }) => hits))
        : describeCounts(props.problems, props.known.length);
    return [{ id, title, note, body: h(Problems, props) }];
  });
}

function Problems({
  problems,
  known,
  missingKernels,
  context,
}: {
  readonly problems: readonly Problem[];
  readonly known: readonly (CrashReport | FailureReport)[];
  readonly missingKernels: RunReport['missingKernels'];
  readonly context: ReportContext;
}) {
  const shown = problems.slice(0, GROUPS_MAX);
  return [
    h(MissingKernels, { missingKernels }),
    shown.length > 0 &&
      h(
        'div',
        { class: 'groups' },
        shown.map(({ group, hits, isNew, isExpired }) =>
          h(ProblemGroup, { group, hits, isNew, isExpired, context }),
        ),
      ),
    problems.length > shown.length &&
      h('p', null, `… and ${count(problems.length - shown.length, 'more group')}: see the cells.`),
    known.length > 0 &&
      h(
        'details',
        { class: 'fold known' },
        h('summary', null, `${formatCount(known.length)} known, as expected`),
        h(
          'div',
          { class: 'groups' },
          known.slice(0, GROUPS_MAX).map((group) => {
            const hits = group.hits.filter(({ isExpected }) => isExpected);
            return h(ProblemGroup, { group, hits, isKnown: true, context });
          }),
        ),
      ),
  ];
}

/** `1 new, 2 others, 5 known`. */
function describeCounts(problems: readonly Problem[], known: number): string {
  const fresh = problems.filter(({ isNew }) => isNew).length;
  const others = problems.length - fresh;
  const cells = countCells(problems.flatMap(({ hits }) => hits));
  const parts = [
    ...(fresh === 0 ? [] : [`${formatCount(fresh)} new`]),
    ...(others === 0 ? [] : [`${formatCount(others)} ${fresh === 0 ? 'unexpected' : 'older'}`]),
  ];
  const where = parts.length === 0 ? [] : [`${parts.join(', ')} in ${count(cells, 'cell')}`];
  return [...where, ...(known === 0 ? [] : [`${formatCount(known)} known`])].join('; ');
}

function MissingKernels({ missingKernels }: Pick<RunReport, 'missingKernels'>) {
  if (missingKernels.length === 0) return null;
  return h(
    'ul',
    { class: 'rows' },
    missingKernels.map(({ name, message }) =>
      h(
        'li',
        { id: kernelAddress(name) },
        'kernel ',
        h('code', null, name),
        ' could not be fetched: ',
        message,
      ),
    ),
  );
}
