import type { CellReport } from '../../../report/schema.ts';
import { VERDICTS } from '../../../verdict/verdict.ts';
import { h } from '../../element.ts';
import { type CellContext, type TestTrait, traitsOf } from './cell-context.ts';

const AXES = ['kernel', 'config', 'cgroup', 'agent', 'machine'] as const;
const TRAITS: readonly TestTrait[] = ['new', 'unexpected', 'known', 'flaky', 'cached', 'slow'];

const TRAIT_WORDS: Readonly<Record<TestTrait, string>> = {
  new: 'not as expected, and new since the baseline',
  unexpected: 'not as expected',
  known: 'went wrong as expected',
  flaky: 'attempts ended differently',
  cached: 'not run again',
  slow: 'among the slowest twentieth',
};

/** Search and filters of cells and tests. They need the script, which shows them; each only if it could choose. */
export function CellFilters({ context }: { readonly context: CellContext }) {
  const { cells } = context.report;
  const tests = cells.flatMap((cell) =>
    context.scope.testsOf(cell).map((test) => ({ cell, test })),
  );
  const traits = new Set(tests.flatMap(({ cell, test }) => traitsOf(cell.id, test, context)));
  const verdicts = new Set(tests.map(({ test }) => test.verdict));
  const files = [...new Set(tests.map(({ test }) => test.file))].toSorted();
  return h(
    'form',
    {
      class: 'filters',
      id: 'filters',
      hidden: true,
      role: 'search',
      'aria-label': 'cells and tests',
    },
    h(
      'label',
      null,
      'Search ',
      h('input', { type: 'search', id: 'search', name: 'search', autocomplete: 'off' }),
    ),
    h(Choice, { name: 'verdict', values: VERDICTS.filter((verdict) => verdicts.has(verdict)) }),
    AXES.map((axis) => h(Choice, { name: axis, values: valuesOf(cells, axis) })),
    h(Choice, { name: 'scenario', values: files }),
    h(
      'fieldset',
      null,
      h('legend', { class: 'hidden' }, 'only tests that are'),
      h('span', { class: 'quiet', 'aria-hidden': 'true' }, 'only tests that are'),
      TRAITS.filter((trait) => traits.has(trait)).map((trait) =>
        h(
          'label',
          { title: TRAIT_WORDS[trait] },
          h('input', { type: 'checkbox', name: trait, id: `only-${trait}` }),
          ` ${trait}`,
        ),
      ),
    ),
    h('button', { type: 'reset' }, 'Show all'),
    h('output', { for: 'search', 'aria-live': 'polite' }),
  );
}

function valuesOf(cells: readonly CellReport[], axis: (typeof AXES)[number]): readonly string[] {
  return [...new Set(cells.map((cell) => cell[axis]))];
}

function Choice({ name, values }: { readonly name: string; readonly values: readonly string[] }) {
  if (values.length < 2) return null;
  return h(
    'label',
    null,
    `${name} `,
    h(
      'select',
      { name, id: `filter-${name}` },
      h('option', { value: '' }, 'any'),
      values.map((value) => h('option', { value }, value)),
    ),
  );
}
