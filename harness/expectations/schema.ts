/** The one definition of `expectations.yaml`: types, messages and the JSON Schema for editors. */
import { z } from 'zod';
import { CGROUP_MODES } from '../matrix/cell.ts';
import { addCheck, oneOrMore, setOf, textOf } from '../matrix/schema-checks.ts';
import { EXPECTABLE, NOTHING_RAN_OUTCOME } from './expectation.ts';

const line = textOf('one line of text', /^[^\p{Cc}]*\S[^\p{Cc}]*$/u);

const day = textOf('a day, such as 2026-12-31', /^\d{4}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])$/);

const name = textOf(
  'a name of letters, digits, dots, dashes and underscores, such as panic-6.12',
  /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
);

const where = z.strictObject({
  kernel: oneOrMore(line)
    .optional()
    .describe('Names of kernels, or ranges of their releases such as ">=6.12 <7.0". Absent: all.'),
  config: oneOrMore(line).optional().describe('Names of configs. Absent: all.'),
  cgroup: oneOrMore(z.enum(CGROUP_MODES)).optional().describe('cgroup modes. Absent: all.'),
  agent: oneOrMore(line).optional().describe('Names of agents. Absent: all.'),
  machine: oneOrMore(line).optional().describe('Names of machines. Absent: all.'),
});

/** Outcomes that may have nothing in common: only a signature tells them apart. */
const UNPINNED: readonly string[] = ['fail', 'error', NOTHING_RAN_OUTCOME];
const PINNED: readonly string[] = EXPECTABLE.filter((word) => !UNPINNED.includes(word));

const expectation = addCheck(
  z.strictObject({
    name: name.optional().describe('What kmx reproduce calls it; no two have the same.'),
    where: where.describe('The cells. Each key is an axis.'),
    tests: oneOrMore(line)
      .optional()
      .describe(
        'Globs of files below scenarios/, or a file and a title: "cpu/**", "boots", ' +
          '"cpu/quota.spec.ts: CPU quota: reaches*". Absent: all tests of these cells.',
      ),
    outcome: z
      .enum(EXPECTABLE)
      .describe(
        'The verdict that is known to come; nothing-ran: the cell comes up and measures nothing.',
      ),
    signature: oneOrMore(textOf('a signature as reports have it', /^s\d+-[0-9a-f]{12}$/))
      .optional()
      .describe('Of the known failure; needed for all outcomes but fail and error.'),
    title: line.optional().describe('What the signature stands for, for readers.'),
    reason: line.describe('Why it is accepted for now.'),
    link: textOf('a link', /^https?:\/\/\S+$/)
      .optional()
      .describe('Where it is worked on.'),
    since: day.optional().describe('The day on which it was written down.'),
    expires: day.describe('The last day on which it is accepted.'),
    owner: line.optional().describe('Who looks after it.'),
  }),
  (value, report) => {
    const { outcome, since, expires } = value as Readonly<Record<string, unknown>>;
    if (!('signature' in value) && PINNED.includes(String(outcome))) {
      const message = `an expected ${String(outcome)} needs its signature`;
      const expected = 'signature: as the report has it; without, any other would be accepted, too';
      report(['outcome'], message, { code: 'MISSING_KEY', expected });
    }
    if (typeof since === 'string' && typeof expires === 'string' && expires < since) {
      const message = `this ends before it begins: ${expires} is before ${since}`;
      report(['expires'], message, { code: 'CONFLICT', earlier: 'since' });
    }
  },
);

export const expectationsSchema = z
  .strictObject({
    expectations: setOf(expectation)
      .default([])
      .describe('Known failures. Of several about one test the first one counts.'),
  })
  .meta({ title: 'kernel-matrix: expectations.yaml' });

export type ExpectationsFile = z.output<typeof expectationsSchema>;

/** The JSON Schema of the same, for editors. Draft 7 is what they all know. */
export function expectationsJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(expectationsSchema, { target: 'draft-07', io: 'input' });
}
