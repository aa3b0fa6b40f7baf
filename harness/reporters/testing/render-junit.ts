import type { RunReport } from '../../report/schema.ts';
import { junitFormat } from '../junit.ts';
import { CONTEXT } from './runs.ts';

/** The whole text of junit.xml. */
export function renderJunit(report: RunReport): string {
  return [...junitFormat.pieces(report, CONTEXT)].join('');
}
