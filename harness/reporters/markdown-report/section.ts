/** A report in Markdown is made of sections, and these of items, so that it can be cut where it has to. */
import type { CellReport, RunReport } from '../../report/schema.ts';
import type { FormatContext } from '../format.ts';

export interface Section {
  /** Without one, its items follow what is above. */
  readonly title?: string;
  /** Before the items, and never without them. */
  readonly intro?: readonly string[];
  /** What one item is, for a sentence on those that are left out. */
  readonly noun: string;
  /** Each is one or more lines. */
  readonly items: readonly (readonly string[])[];
  /** There are no empty lines between the items: rows of a table, or points of a list. */
  readonly isDense?: boolean;
}

export interface MarkdownContext extends FormatContext {
  readonly report: RunReport;
  /** By id. */
  readonly cells: ReadonlyMap<string, CellReport>;
  /** The text is read in the run's folder: links to files there work. */
  readonly hasLinks: boolean;
}

export function markdownContext(
  report: RunReport,
  context: FormatContext,
  hasLinks: boolean,
): MarkdownContext {
  const cells = new Map(report.cells.map((cell) => [cell.id, cell]));
  return { ...context, report, cells, hasLinks };
}

/** A section without items is left out. */
export function* sectionPieces(section: Section): Generator<string> {
  const { items, isDense = false } = section;
  if (items.length === 0) return;
  yield sectionHead(section);
  for (const item of items) yield itemText(item, isDense);
  if (isDense) yield '\n';
}

export function sectionHead({ title, intro = [] }: Section): string {
  const head = title === undefined ? [] : [`## ${title}`, ''];
  return [...head, ...intro].map((line) => `${line}\n`).join('');
}

export function itemText(item: readonly string[], isDense: boolean): string {
  return `${item.join('\n')}\n${isDense ? '' : '\n'}`;
}
