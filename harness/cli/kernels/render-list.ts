/** `kmx kernels list` for people. */
import { CACHE_KINDS, type CacheItem } from '../../cache/inventory.ts';
import { count } from '../../phrases.ts';
import { renderTable } from '../../reporters/table.ts';
import { formatBytes } from '../format-bytes.ts';
import type { KernelList, ListedEntry, ListedKernel } from './kernel-list.ts';

export interface RenderListOptions {
  /** Of the cache. */
  readonly root: string;
  /** With every kernel that the suites offer. */
  readonly isWhole: boolean;
}

export function renderList(
  { kernels, entries, suites }: KernelList,
  { root, isWhole }: RenderListOptions,
): readonly string[] {
  const parts = entries.filter(({ kind, usedBy }) => isPart(kind) && usedBy.length > 0);
  const unused = entries.filter(({ usedBy }) => usedBy.length === 0);
  const offered = isWhole ? suites.flatMap(renderSuite) : countOffered(suites);
  const bytes = unused.reduce((sum, entry) => sum + entry.bytes, 0);
  return [
    'kernels of the matrix',
    ...renderTable(kernels.map(renderKernel)),
    ...section('what they are made from', renderParts(parts)),
    ...offered,
    ...section(
      `in ${root}, used by none of them: ${formatBytes(bytes)}, which kmx kernels clean removes`,
      renderTable(unused.map((entry) => describeItem(itemOf(entry), '  '))),
    ),
  ];
}

/** Configurations are small, and of no interest by themselves. */
function isPart(kind: CacheItem['kind']): boolean {
  return kind === 'kernel-trees' || kind === 'objects';
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function renderKernel(kernel: ListedKernel): readonly string[] {
  const { name, source, version = '' } = kernel;
  return [`  ${name}`, source, version, describeState(kernel)];
}

function describeState({ state, isBuilt, bytes, usedAt, why }: ListedKernel): string {
  switch (state) {
    case 'kept':
      return [isBuilt ? 'built' : 'cached', ...sizes(bytes, usedAt)].join(', ');
    case 'elsewhere':
      return '';
    case 'sources':
      return 'not built yet';
    case 'absent':
      return 'not fetched';
    case 'unknown':
      return `not known: ${why ?? ''}`;
  }
}

function sizes(bytes: number | undefined, usedAt: Date | undefined): readonly string[] {
  return [
    ...(bytes === undefined ? [] : [formatBytes(bytes)]),
    ...(usedAt === undefined ? [] : [describeUsed(usedAt)]),
  ];
}

function describeUsed(usedAt: Date): string {
  return `used ${usedAt.toISOString().slice(0, 16).replace('T', ' ')}`;
}

function renderParts(parts: readonly ListedEntry[]): readonly string[] {
  return renderTable(
    parts.map(({ kind, bytes, usedAt, usedBy }) => [
      `  ${CACHE_KINDS[kind].holds}`,
      formatBytes(bytes),
      describeUsed(usedAt),
      `for ${usedBy.join(', ')}`,
    ]),
  );
}

function countOffered(suites: KernelList['suites']): readonly string[] {
  const names = suites.filter(({ kernels }) => kernels !== undefined).map(({ suite }) => suite);
  const number = suites.flatMap(({ kernels = [] }) => kernels).length;
  const offers = `${names.join(', ')}: ${count(number, 'kernel')}; --all lists them`;
  const missing = suites.flatMap((one) =>
    one.missing === undefined ? [] : [`${one.suite}: ${one.missing}`],
  );
  const lines = [...(names.length === 0 ? [] : [offers]), ...missing];
  return lines.length === 0 ? [] : ['', ...lines];
}

function renderSuite({ suite, kernels = [], missing }: KernelList['suites'][number]): string[] {
  const rows = kernels.map(({ flavour, version, package: name, usedBy, bytes }) => [
    `  ${version}`,
    flavour,
    name,
    bytes === undefined ? '' : `cached, ${formatBytes(bytes)}`,
    usedBy.join(', '),
  ]);
  return ['', `${suite}${missing === undefined ? '' : `: ${missing}`}`, ...renderTable(rows)];
}

function itemOf({ entry, ...rest }: ListedEntry): CacheItem {
  return { ...rest, name: entry.slice(rest.kind.length + 1) };
}

/** Cells of a table. Names end in a digest, of which a dozen digits are enough to tell them apart. */
export function describeItem(
  { kind, name, bytes, usedAt }: CacheItem,
  indent = '',
): readonly string[] {
  const shown = name.replace(/[0-9a-f]{64}$/, (digest) => digest.slice(0, 12));
  return [`${indent}${CACHE_KINDS[kind].holds}`, formatBytes(bytes), describeUsed(usedAt), shown];
}
