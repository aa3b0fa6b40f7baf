import type { ComponentChildren } from 'preact';
import type { MachineFacts } from '../../events.ts';
import { isPlainMachine } from '../../matrix/cell.ts';
import { describeBuilt } from '../../report/built-words.ts';
import { describeMachine } from '../../report/describe-machines.ts';
import type { RunReport } from '../../report/schema.ts';
import { h } from '../element.ts';
import { formatCount, formatTime } from '../format.ts';
import { kernelAddress } from './addresses.ts';
import { ScrollTable } from './scroll-table.ts';
import type { SectionContent } from './section.ts';

/** So many digits tell digests apart; report.json has all. */
const DIGITS = 12;

/** What the run was made from. */
export function originSection(report: RunReport): SectionContent {
  const traits = h(
    'dl',
    { class: 'traits' },
    traitsOf(report).map(([title, value]) => [h('dt', null, title), h('dd', null, value)]),
  );
  const body = [h(Kernels, { report }), traits];
  return { id: 'origin', title: 'What it was made from', body };
}

function traitsOf(report: RunReport): readonly (readonly [string, ComponentChildren])[] {
  const { host, filter, resumedAt, endedAt, isolation, hasTemplates, expectationsFile } = report;
  return [
    ['Run', h('code', null, report.run)],
    ['Matrix', [h('code', null, report.matrix), ', profile ', h('code', null, report.profile)]],
    ...(filter === undefined ? [] : [['Tests', ['only ', h('code', null, filter)]] as const]),
    ...(expectationsFile === undefined
      ? []
      : [['Expectations', h('code', null, expectationsFile)] as const]),
    ['Began', formatTime(report.startedAt)],
    ...resumedAt.map((time) => ['Resumed', formatTime(time)] as const),
    ['Ended', endedAt === undefined ? 'not yet, or it was cut off' : formatTime(endedAt)],
    ['kmx', `${host.kmx}, Node.js ${host.node}`],
    ...host.machines.map((machine) => [titleOf(machine), partsOf(machine)] as const),
    [
      'Host',
      `Linux ${host.kernel}, ${host.cpus} CPUs, ${formatCount(Math.round(host.memoryMib))} MiB`,
    ],
    [
      'Guests',
      `${isolation === 'test' ? 'one for each test' : 'shared by the tests of a cell'}, ${hasTemplates ? 'restored from saved ones where possible' : 'each booted'}`,
    ],
  ];
}

function titleOf({ name }: MachineFacts): string {
  return isPlainMachine(name) ? 'Machine' : `Machine ${name}`;
}

function partsOf(machine: MachineFacts): ComponentChildren {
  const { lacksSandbox, image, privileges = [] } = machine;
  return [
    describeMachine(machine),
    lacksSandbox && ', without its sandbox',
    image !== undefined && [', packages ', h('code', null, shorten(image))],
    privileges.length > 0 && [
      ', granted what init and agents need beyond an ordinary process:',
      h(
        'ul',
        { class: 'privileges' },
        privileges.map((privilege) => h('li', null, privilege)),
      ),
    ],
  ];
}

const TITLES = ['Kernel', 'Release', 'From', 'Digest', 'Configuration'] as const;

function Kernels({ report: { kernels } }: { readonly report: RunReport }) {
  if (kernels.length === 0) return null;
  return h(
    ScrollTable,
    { label: 'Kernels', kind: 'list origins' },
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        TITLES.map((title) => h('th', { scope: 'col' }, title)),
      ),
    ),
    h(
      'tbody',
      null,
      kernels.map((kernel) => h(Kernel, { kernel })),
    ),
  );
}

const CONFIG_PLACES = {
  guest: '/proc/config.gz',
  host: '/proc/config.gz of the host',
  image: 'its image',
  package: 'its package',
  file: 'its file',
  build: 'its build',
} as const;

function Kernel({ kernel }: { readonly kernel: RunReport['kernels'][number] }) {
  const { name, release, origin, digest, config, configMissing, unlisted = [], built } = kernel;
  return h(
    'tr',
    { id: kernelAddress(name) },
    h('th', { scope: 'row', class: 'fixed' }, h('code', null, name)),
    h('td', { class: 'fixed', 'data-label': TITLES[1] }, h('code', null, release)),
    h(
      'td',
      { 'data-label': TITLES[2] },
      origin,
      unlisted.length > 0 &&
        h('div', { class: 'quiet' }, 'unsigned: ', unlisted.map((one) => one.name).join(', ')),
      built !== undefined && h('div', { class: 'quiet' }, describeBuilt(built)),
    ),
    h('td', { class: 'fixed', 'data-label': TITLES[3] }, h('code', null, shorten(digest))),
    config === undefined
      ? h(
          'td',
          { class: 'quiet', 'data-label': TITLES[4] },
          'not known: ',
          configMissing ?? 'no guest came up',
        )
      : h(
          'td',
          { 'data-label': TITLES[4] },
          h('code', null, shorten(config.digest)),
          h('div', { class: 'quiet' }, `of ${CONFIG_PLACES[config.from]}`),
          config.compiler !== undefined && h('div', { class: 'quiet' }, config.compiler),
        ),
  );
}

function shorten(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, DIGITS);
}
