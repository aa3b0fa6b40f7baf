import { readdirSync, readFileSync } from 'node:fs';
import { renderProblems } from '../../matrix/render-problems.ts';
import type { AgentNeeds } from '../agent-needs.ts';
import type { Features } from '../feature.ts';
import { parseFeatures, parseNeeds } from '../parse.ts';

const FOLDER = new URL('../../../needs/', import.meta.url);

export const SCENARIOS = readdirSync(new URL('../../../scenarios/', import.meta.url), {
  recursive: true,
  encoding: 'utf8',
}).filter((path) => path.endsWith('.spec.ts'));

/** What comes with the project. */
export function projectFeatures(): Features {
  const text = readFileSync(new URL('features.yaml', FOLDER), 'utf8');
  const parsed = parseFeatures(text, { scenarios: SCENARIOS });
  if (parsed.isValid) return parsed.features;
  throw new Error(renderProblems(text, parsed.problems, { file: 'features.yaml' }));
}

export function projectNeeds(known: Features): readonly AgentNeeds[] {
  const files = readdirSync(FOLDER).filter((file) => file !== 'features.yaml');
  return files.flatMap((file) => {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    const parsed = parseNeeds(text, { known, scenarios: SCENARIOS });
    if (parsed.isValid) return parsed.agents;
    throw new Error(renderProblems(text, parsed.problems, { file }));
  });
}

/** Symbols of a configuration that has whatever any feature wants. */
export function everySymbol(known: Features): ReadonlyMap<string, string | undefined> {
  const symbols = new Map<string, string | undefined>();
  for (const { symbol, values, lists } of [...known.values()].flatMap((one) => one.symbols)) {
    const words = symbols.get(symbol)?.replaceAll('"', '');
    if (lists !== undefined) symbols.set(symbol, `"${words ? `${words},` : ''}${lists}"`);
    else symbols.set(symbol, values.includes('n') ? undefined : values[0]);
  }
  return symbols;
}
