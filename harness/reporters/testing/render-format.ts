import type { RunReport } from '../../report/schema.ts';
import type { FormatContext, FormatName } from '../format.ts';
import { loadFormat } from '../formats.ts';
import { CONTEXT } from './runs.ts';

/** The whole text of a format. */
export async function renderFormat(
  name: FormatName,
  report: RunReport,
  context: FormatContext = CONTEXT,
): Promise<string> {
  const format = await loadFormat(name);
  return [...format.pieces(report, context)].join('');
}
