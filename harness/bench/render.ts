/** Figures as text: a table for the terminal, and one for docs/speed.md. */
import { renderTable } from '../reporters/table.ts';
import type { BenchRecord, SectionRecord } from './bench-record.ts';
import type { Figure } from './figure.ts';

/** A section with its heading. With an older record, each figure has its ratio to the older one. */
export function renderSection(section: SectionRecord, older?: BenchRecord): string {
  const { name, measures, figures, missing } = section;
  const before = older?.sections.find((other) => other.name === name)?.figures ?? [];
  const rows = figures.map((figure) => [
    `  ${figure.name}`,
    `${figure.value} ${figure.unit}`,
    ...(older === undefined ? [] : [compare(figure, before)]),
    figure.note ?? '',
  ]);
  if (missing !== undefined) rows.push([`  not measured: ${missing}`]);
  return ['', `${name}: ${measures}`, ...renderTable(rows), ''].join('\n');
}

function compare({ name, value }: Figure, before: readonly Figure[]): string {
  const old = before.find((figure) => figure.name === name);
  return old === undefined ? 'new' : `${(value / old.value).toFixed(2)} × ${old.value}`;
}

/** As in docs/speed.md. */
export function renderMarkdown({ time, commit, host, sections }: BenchRecord): string {
  const { cpu, cpus, memoryMib, kernel, node, qemu } = host;
  return [
    `${time.slice(0, 10)}, commit ${commit}; ${cpus} × ${cpu}, ${memoryMib} MiB, Linux ${kernel}, QEMU ${qemu}, node ${node}.`,
    '',
    '| | figure | | |',
    '|---|---|---:|---|',
    ...sections.flatMap(markdownRows),
    '',
  ].join('\n');
}

function markdownRows({ name, figures, missing }: SectionRecord): string[] {
  const rows = figures.map((figure) => [
    figure.name,
    `${figure.value} ${figure.unit}`,
    figure.note ?? '',
  ]);
  if (missing !== undefined) rows.push(['not measured', '', missing]);
  return rows.map((cells, index) => {
    const escaped = [index === 0 ? name : '', ...cells].map((cell) => cell.replaceAll('|', '\\|'));
    return `| ${escaped.join(' | ')} |`;
  });
}
