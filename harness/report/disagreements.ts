import { createPredictor, findDisagreement } from '../needs/predict.ts';
import type { CellReport, DisagreementReport } from './schema.ts';
import { whySkipped } from './skipped-cell.ts';

/**
 * Results that are not what was predicted, those with the same prediction, result and reason together.
 * Where there are any, the table of needs is wrong, or something went wrong that no kernel explains.
 */
export function groupDisagreements(cells: readonly CellReport[]): DisagreementReport[] {
  const predict = createPredictor();
  const groups = new Map<string, DisagreementReport>();
  for (const { id: cell, prediction, tests } of cells) {
    if (prediction === undefined || whySkipped({ tests }) !== undefined) continue;
    for (const { file, title, verdict } of tests) {
      const found = findDisagreement(predict(prediction, { file, title }), verdict);
      if (found === undefined) continue;
      const key = JSON.stringify([found, verdict]);
      const group = groups.get(key) ?? { ...found, verdict, hits: [] };
      group.hits.push({ cell, test: { file, title } });
      groups.set(key, group);
    }
  }
  return [...groups.values()].sort((one, other) => other.hits.length - one.hits.length);
}
