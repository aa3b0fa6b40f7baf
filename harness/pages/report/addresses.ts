/**
 * The addresses of places on a report's page, as ids of elements and, behind `#`, as links. They are
 * the same in every run that has the place, so a link in an issue also works on tomorrow's page.
 */
import type { TestId } from '../../events.ts';
import { toPrintable } from '../../text.ts';

export function cellAddress(cell: string): string {
  return `cell/${cell}`;
}

export function testAddress(cell: string, { file, title }: TestId): string {
  return `test/${cell}/${file}/${title.replaceAll(/\s+/g, '-')}`;
}

export function scenarioAddress(file: string): string {
  return `scenario/${file}`;
}

/** A crash or a failure, wherever it hit. */
export function findingAddress(signature: string): string {
  return `finding/${signature}`;
}

export function kernelAddress(kernel: string): string {
  return `kernel/${kernel}`;
}

/**
 * @param guest Its number, or `template` for what the guests of a cell were restored from.
 * @param file Without its ending: `console`, `agent-stderr`.
 */
export function logAddress(cell: string, guest: number | 'template', file: string): string {
  return `log/${cell}/${guest}/${file}`;
}

/** @param line Counted from 1. */
export function logLineAddress(
  cell: string,
  guest: number | 'template',
  file: string,
  line: number,
): string {
  return `${logAddress(cell, guest, file)}/L${line}`;
}

/** An address as the `href` of a link: `#` and each part escaped. Ids are printable, so links are, too. */
export function linkTo(address: string): string {
  return `#${toPrintable(address).split('/').map(encodeURIComponent).join('/')}`;
}
