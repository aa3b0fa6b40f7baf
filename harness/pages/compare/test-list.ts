import type { Place } from '../../compare/comparison.ts';
import { count } from '../../phrases.ts';
import { h } from '../element.ts';
import { Name } from '../name.ts';

/** The tests of some places, each once, by file. */
export function TestList({
  places,
  openMax,
  label,
}: {
  readonly places: readonly Place[];
  /** More tests than this are folded away. */
  readonly openMax: number;
  readonly label?: string;
}) {
  const tests = gather(places);
  const byFile = Map.groupBy(tests, ({ file }) => file);
  const list = h(
    'ul',
    { class: 'tests' },
    [...byFile].map(([file, own]) =>
      h('li', null, h('span', { class: 'quiet' }, h(Name, null, file)), h(Titles, { own, places })),
    ),
  );
  if (tests.length <= openMax) return list;
  return h(
    'details',
    null,
    h('summary', null, label ?? count(tests.length, 'different test')),
    list,
  );
}

interface GatheredTest {
  readonly file: string;
  readonly title: string;
  /** How many places have it. */
  places: number;
}

function gather(places: readonly Place[]): readonly GatheredTest[] {
  const gathered = new Map<string, GatheredTest>();
  for (const { file, title } of places.flatMap(({ tests }) => tests)) {
    const key = `${file}\n${title}`;
    const test = gathered.get(key) ?? { file, title, places: 0 };
    test.places += 1;
    gathered.set(key, test);
  }
  return [...gathered.values()];
}

function Titles({
  own,
  places,
}: {
  readonly own: readonly GatheredTest[];
  readonly places: readonly Place[];
}) {
  return h(
    'ul',
    null,
    own.map((test) =>
      h(
        'li',
        null,
        test.title,
        test.places < places.length &&
          h('span', { class: 'quiet' }, ` in ${test.places} of ${places.length} places`),
      ),
    ),
  );
}
