/**
 * The one definition of the files in `needs/`: types, messages and the JSON Schemas for editors, in
 * docs/features.schema.json and docs/needs.schema.json.
 */
import { z } from 'zod';
import { compareVersions } from '../kconfig/kernel-version.ts';
import { AGENT_KINDS, CGROUP_MODES } from '../matrix/cell.ts';
import { addCheck, mapOf, namedValues, oneOrMore, setOf, textOf } from '../matrix/schema-checks.ts';
import { CONSEQUENCES } from './agent-needs.ts';

const line = textOf('one line of text', /^[^\p{Cc}]*\S[^\p{Cc}]*$/u);

const version = textOf('a version in quotes, such as "6.12"', /^\d+\.\d+(?:\.\d+)?$/);

const factName = textOf(
  'the name of a feature, such as "v1/cpuset"',
  /^[a-z0-9][a-z0-9-]*(?:\/[A-Za-z0-9._-]+)?$/,
);

const patterns = setOf(line).min(1);

const since = version.optional().describe('First version that has it. Absent: all before.');
const until = version.optional().describe('First version that lacks it. Absent: all after.');

const boundsCheck = (
  value: object,
  report: Parameters<Parameters<typeof addCheck>[1]>[1],
): void => {
  const { since: from, until: to } = value as Readonly<Record<string, unknown>>;
  if (typeof from !== 'string' || typeof to !== 'string' || (compareVersions(from, to) ?? 0) < 0)
    return;
  const message = `no version is from ${from} to before ${to}`;
  report(['until'], message, { code: 'CONFLICT', earlier: 'since' });
};

const rule = addCheck(
  z.strictObject({
    parameter: textOf('the name of a boot parameter', /^[\w.]+$/).describe(
      'Its name, with "_" where the kernel takes "-", too.',
    ),
    words: setOf(textOf('a word without commas and spaces', /^[^\s,"]+$/))
      .min(1)
      .describe('Any of these, in its list of words or as its value.'),
    since,
    until,
  }),
  boundsCheck,
);

const symbolName = textOf('a Kconfig symbol without CONFIG_', /^(?!CONFIG_)[A-Z0-9][A-Za-z0-9_]*$/);

const symbol = addCheck(
  z.strictObject({
    symbol: symbolName.describe('Without CONFIG_.'),
    values: setOf(textOf('a value, such as "y"', /^\S+$/))
      .min(1)
      .default(['y'])
      .describe('Any of these; "n" is off or unknown. Quote them: YAML 1.1 reads y as true.'),
    lists: textOf('a word without commas', /^[^\s,"]+$/)
      .optional()
      .describe('In place of values: its value is a list, and must have this word.'),
    since,
    until,
    note: line.optional().describe('What happened to it then: "split from CPUSETS".'),
    unless: rule.optional().describe('A boot parameter that does without it.'),
  }),
  boundsCheck,
);

const feature = addCheck(
  z.strictObject({
    title: line.optional().describe('What it is, for people. Absent: the name says it.'),
    symbols: z
      .array(z.union([symbolName, symbol]))
      .default([])
      .describe('What must be set, all of it. A name alone stands for that symbol as y.'),
    since,
    until,
    removed_by: z.array(rule).default([]).describe('Boot parameters that take it away.'),
    requires: setOf(factName).default([]).describe('Features that it cannot do without.'),
    skips: z
      .strictObject({
        cgroup: oneOrMore(z.enum(CGROUP_MODES)).describe('In these cgroup modes.'),
        tests: patterns.describe('Patterns, as in expectations.yaml.'),
      })
      .optional()
      .describe('Tests that are skipped in guests without it, because they require it.'),
  }),
  boundsCheck,
);

export const featuresSchema = z
  .strictObject({
    features: mapOf(feature, {
      word: 'feature',
      least: 1,
      pattern: /^[a-z0-9][a-z0-9-]*(?:\/[A-Za-z0-9._-]+)?$/,
      expected: 'a name of the facts, such as "v1/cpuset" or "v2-file/memory.peak"',
    }).describe('By the fact with which a guest shows it: docs/needs.md has the names.'),
  })
  .meta({ title: 'kernel-matrix: needs/features.yaml' });

const need = z.strictObject({
  feature: factName.describe('What is needed, by its name in features.yaml.'),
  cgroup: oneOrMore(z.enum(CGROUP_MODES)).describe('In which cgroup modes.'),
  without: z
    .enum(CONSEQUENCES)
    .describe(
      'What the agent does without it. fails: calls return errors. refuses: it says why and lives ' +
        'on. drops: it says nothing. falls-back: it does the same in another way.',
    ),
  what: line.describe('One sentence: what a user will see.'),
  place: line.optional().describe('Where in the source of the agent.'),
  tests: patterns
    .optional()
    .describe(
      'Patterns of tests that go wrong for it, as in expectations.yaml. Of several needs about one ' +
        'test the first counts.',
    ),
  source: line.describe('A link, or a page of the documentation.'),
});

const agent = z.strictObject({
  title: line.describe('Which agent, for people.'),
  for: z
    .strictObject({
      agent: oneOrMore(line).optional().describe('Names of agents of the matrix.'),
      kind: z.enum(AGENT_KINDS).optional().describe('All agents of this kind in a matrix.'),
      guard: z.enum(['on', 'off']).optional().describe('Of the reference agent.'),
    })
    .optional()
    .describe('Which agents of a matrix it is about. Absent: none, only kmx check --agent.'),
  needs: z.array(need).min(1).describe('Most important first.'),
  faults: z
    .array(
      z.strictObject({
        tests: patterns.describe('Patterns, as in expectations.yaml.'),
        reason: line.describe('What is wrong with the agent.'),
        source: line.describe('A link, or a page of the documentation.'),
      }),
    )
    .default([])
    .describe('What some of its releases get wrong on any kernel: says nothing about kernels.'),
});

export const needsSchema = z
  .strictObject({
    agents: namedValues(agent, 'agent', 1).describe('By a name for kmx check --agent.'),
  })
  .meta({ title: 'kernel-matrix: needs/*.yaml' });

export type FeaturesFile = z.output<typeof featuresSchema>;
export type NeedsFile = z.output<typeof needsSchema>;

/** The JSON Schema of features.yaml, in draft 7, which all editors support. */
export function featuresJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(featuresSchema, { target: 'draft-07', io: 'input' });
}

/** The JSON Schema of the other files. */
export function needsJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(needsSchema, { target: 'draft-07', io: 'input' });
}
