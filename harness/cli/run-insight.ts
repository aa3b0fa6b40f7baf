import { readRunConfigs } from '../kernels/config/run-configs.ts';
import type { Features } from '../needs/feature.ts';
import type { RunReport } from '../report/schema.ts';
import type { RunInsight } from '../reporters/reporter.ts';
import { explainWith } from './explain-facts.ts';

/**
 * What the configurations in a run's folder tell about its results. One that cannot be read is as one
 * that is not known: explanations say so.
 */
export async function readInsight(
  folder: string,
  report: Pick<RunReport, 'kernels'>,
  features: Features,
): Promise<RunInsight> {
  const { configs } = await readRunConfigs(folder, report);
  return { explain: explainWith(features, configs) };
}
