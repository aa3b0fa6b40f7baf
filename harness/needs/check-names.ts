/**
 * Faults that no schema finds: features that nobody defines, features that need each other in a circle, and
 * patterns of tests that match no scenario.
 */
import { checkTestPatterns } from '../expectations/check.ts';
import { type Place, spanOf } from '../matrix/document.ts';
import { listWords, type Problem, quote } from '../matrix/problem.ts';
import { suggestName } from '../matrix/suggest.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { Features } from './feature.ts';

/** Works on a file with other faults, too, so that all faults are reported at once. */
export function checkFeatureNames(
  root: Place,
  known: Features,
  scenarios: readonly string[] | undefined,
): readonly Problem[] {
  const features = root.children.get('features')?.children ?? new Map<string, Place>();
  const names = new Set([...known.keys(), ...[...features.keys()].map(String)]);
  const problems = [...features.values()].flatMap((feature) => [
    ...wordsOf(feature.children.get('requires')).flatMap((word) => unknownFeature(word, names)),
    ...checkTests(feature.children.get('skips')?.children.get('tests'), scenarios),
  ]);
  return [...problems, ...findCircles(features, known)];
}

export function checkNeedNames(
  root: Place,
  known: Features,
  scenarios: readonly string[] | undefined,
): readonly Problem[] {
  const names = new Set(known.keys());
  return childrenOf(root.children.get('agents')).flatMap((agent) => [
    ...childrenOf(agent.children.get('needs')).flatMap((need) => [
      ...unknownFeature(need.children.get('feature'), names),
      ...checkTests(need.children.get('tests'), scenarios),
    ]),
    ...childrenOf(agent.children.get('faults')).flatMap((fault) =>
      checkTests(fault.children.get('tests'), scenarios),
    ),
  ]);
}

function checkTests(
  list: Place | undefined,
  scenarios: readonly string[] | undefined,
): readonly Problem[] {
  return scenarios === undefined ? [] : checkTestPatterns(wordsOf(list), scenarios);
}

function unknownFeature(place: Place | undefined, names: ReadonlySet<string>): readonly Problem[] {
  if (place === undefined || place.isBroken || typeof place.value !== 'string') return [];
  if (names.has(place.value)) return [];
  const suggestion = suggestName(place.value, [...names]);
  return [
    {
      code: 'UNKNOWN_NAME',
      message: `there is no feature ${quote(place.value)}`,
      expected: `a feature of features.yaml: ${listWords([...names])}`,
      ...omitUndefined({ suggestion }),
      ...spanOf(place, 'value'),
    },
  ];
}

/** A feature that requires itself, by way of others or not, could never be explained. */
function findCircles(
  features: ReadonlyMap<string | number, Place>,
  known: Features,
): readonly Problem[] {
  const requiredBy = (name: string): readonly string[] => {
    const own = features.get(name)?.children.get('requires');
    if (own === undefined) return features.has(name) ? [] : (known.get(name)?.requires ?? []);
    return wordsOf(own).flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
  };
  return [...features].flatMap(([key, feature]): readonly Problem[] => {
    const name = String(key);
    const seen = new Set<string>();
    const rest = [...requiredBy(name)];
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      rest.push(...requiredBy(next));
    }
    if (!seen.has(name)) return [];
    const place = feature.children.get('requires') ?? feature;
    const message = `the feature ${quote(name)} requires itself, directly or by way of others`;
    return [{ code: 'CONFLICT', message, ...spanOf(place, 'value') }];
  });
}

function wordsOf(place: Place | undefined): readonly Place[] {
  return place === undefined || !Array.isArray(place.value) ? [] : childrenOf(place);
}

function childrenOf(place: Place | undefined): readonly Place[] {
  return [...(place?.children.values() ?? [])];
}
