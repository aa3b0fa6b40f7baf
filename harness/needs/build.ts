import { omitUndefined } from '../omit-undefined.ts';
import type { AgentNeeds, Need } from './agent-needs.ts';
import type { BootParameterRule, Feature, Features, SymbolNeed } from './feature.ts';
import type { FeaturesFile, NeedsFile } from './schema.ts';

type FeatureItem = FeaturesFile['features'][string];
type SymbolItem = FeatureItem['symbols'][number];
type RuleItem = FeatureItem['removed_by'][number];
type NeedItem = NeedsFile['agents'][string]['needs'][number];

/** Turns a faultless file into the values that the rest of the harness works with. */
export function buildFeatures({ features }: FeaturesFile): Features {
  return new Map(
    Object.entries(features).map(([fact, item]) => [fact, buildFeature(fact, item)] as const),
  );
}

export function buildAgents({ agents }: NeedsFile): readonly AgentNeeds[] {
  return Object.entries(agents).map(([name, item]) => {
    const { title, needs, faults } = item;
    const match = item.for && {
      ...omitUndefined({ kind: item.for.kind, guard: item.for.guard }),
      ...(item.for.agent !== undefined && { agents: asList(item.for.agent) }),
    };
    return { name, title, needs: needs.map(buildNeed), faults, ...omitUndefined({ match }) };
  });
}

function buildFeature(fact: string, item: FeatureItem): Feature {
  const { title, since, until, skips } = item;
  return {
    fact,
    symbols: item.symbols.map(buildSymbol),
    removedBy: item.removed_by.map(buildRule),
    requires: item.requires,
    ...omitUndefined({ title, since, until }),
    ...(skips !== undefined && { skips: { cgroups: asList(skips.cgroup), tests: skips.tests } }),
  };
}

function buildSymbol(item: SymbolItem): SymbolNeed {
  if (typeof item === 'string') return { symbol: item, values: ['y'] };
  const { symbol, values, lists, since, until, note, unless } = item;
  return {
    symbol,
    values,
    ...omitUndefined({ lists, since, until, note }),
    ...(unless !== undefined && { unless: buildRule(unless) }),
  };
}

function buildRule({ parameter, words, since, until }: RuleItem): BootParameterRule {
  return { name: parameter, words, ...omitUndefined({ since, until }) };
}

function buildNeed({ feature, cgroup, without, what, place, tests, source }: NeedItem): Need {
  return {
    feature,
    cgroups: asList(cgroup),
    without,
    what,
    tests: tests ?? [],
    source,
    ...omitUndefined({ place }),
  };
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
