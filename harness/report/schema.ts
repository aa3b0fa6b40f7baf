/**
 * The form of report.json. Types, checks on what is read back and the JSON Schema in docs/ all come
 * from this definition; event-schema.ts builds events from the parts that events carry, too.
 */
import { z } from 'zod';
import { AGENT_STREAMS, CONFIG_ORIGINS, FAIL_ON, GUEST_ORIGINS, STOP_REASONS } from '../events.ts';
import { EXPECTABLE } from '../expectations/expectation.ts';
import { JUDGEMENTS } from '../expectations/judge.ts';
import { factsDigest, guestFactsSchema, probedFactsSchema } from '../guest-facts.ts';
import {
  AGENT_KINDS,
  BUILD_PLACES,
  CGROUP_MODES,
  MACHINE_KINDS,
  QEMU_PLACES,
} from '../matrix/cell.ts';
import { ISOLATIONS } from '../matrix/isolation.ts';
import { CONSEQUENCES } from '../needs/agent-needs.ts';
import { CRASH_CLASSES, FINDING_CLASSES } from '../verdict/finding.ts';
import { MISS_KINDS, VERDICTS } from '../verdict/verdict.ts';
import { baselineSchema } from './baseline-schema.ts';
import { machineFactsSchema } from './machine-facts-schema.ts';

export const REPORT_VERSION = 7;

export const text = z.string();
export const optional = z.exactOptional;
export const count = z.int().nonnegative();
export const time = z.iso.datetime();
export const verdict = z.enum(VERDICTS);

export const cellSchema = z.strictObject({
  id: text.describe('kernel+config+cgroup+agent, and +machine if it is not named as its kind'),
  kernel: text,
  config: text,
  cgroup: z.enum(CGROUP_MODES),
  agent: text,
  machine: text,
  machineKind: z.enum(MACHINE_KINDS).describe('what boots its guests'),
  agentKind: z.enum(AGENT_KINDS).describe('which adapter talks to its agent'),
  build: optional(text).describe(
    'the name of the kernel that it boots, if that was built for its config; absent: as kernel says',
  ),
  scenarios: optional(z.array(text)).describe('globs below scenarios/; absent: all of them'),
});

export const hostSchema = z.strictObject({
  kmx: text,
  node: text,
  kernel: text,
  cpus: count,
  memoryMib: z.number(),
  machines: z.array(machineFactsSchema).readonly(),
});

const digest = text.describe('sha256 of its text, which is in configs/<digits>.config.gz');
const configOrigin = z.enum(CONFIG_ORIGINS);

export const configFactsSchema = z
  .strictObject({
    digest,
    from: configOrigin.describe('guest: /proc/config.gz; image: CONFIG_IKCONFIG'),
    alsoFrom: optional(z.array(configOrigin).readonly()).describe('where the same one is'),
    disagreements: optional(
      z
        .array(
          z.strictObject({
            from: configOrigin,
            digest,
            symbols: z.array(text).readonly().describe('the first that differ'),
            count: count.describe('how many differ'),
          }),
        )
        .readonly()
        .describe('where another one is: one of them is not what was booted'),
    ),
    compiler: optional(text),
  })
  .describe('what the kernel was built with');

export const kernelSchema = z.strictObject({
  name: text,
  release: text,
  digest: text,
  origin: text,
  config: optional(configFactsSchema),
  configMissing: optional(text).describe('why what it was built with is not known'),
  unlisted: optional(
    z
      .array(
        z.strictObject({
          name: text,
          sha256: text,
          vouchedBy: z
            .enum(['matrix', 'lock', 'nobody'])
            .describe('who says what its sha256 must be; nobody: trusted when first fetched'),
        }),
      )
      .readonly()
      .describe('packages that no signature of the archive covers'),
  ),
  built: optional(
    z.strictObject({
      seconds: z.number().nonnegative().describe('how long that took'),
      isCached: z.boolean().describe('it was there from an earlier command'),
    }),
  ).describe('how kmx built it; absent: others did'),
});

export const testIdSchema = z.strictObject({
  file: text.describe('path below scenarios/, or boots'),
  title: text,
});

const lastWordsSchema = z
  .strictObject({
    source: z.enum(AGENT_STREAMS).describe('its file is cells/<cell>/guest-<guest>/<source>.log'),
    lines: z.array(text).min(1).readonly(),
  })
  .describe('what the agent said last; of JSON logs only errors');

export const detailSchema = z.strictObject({
  message: optional(text),
  text: optional(text),
  expected: optional(text),
  actual: optional(text),
  cause: optional(text).describe('the same line for all tests that fail of one cause'),
  call: optional(text).describe('the first call that got no answer'),
  missKind: optional(z.enum(MISS_KINDS)).describe('of a miss: why nothing was measured'),
  unseen: optional(text).describe('why some of what the guest said may not have been seen'),
  lastWords: optional(lastWordsSchema),
});

export const findingSchema = z.strictObject({
  class: z.enum(FINDING_CLASSES),
  title: text,
  place: optional(text).describe('file.rs:line, or a function without offset'),
  signature: text.describe('the same for the same crash in every run and on every kernel'),
  source: z.enum(['console', 'agent-stderr', 'agent-stdout', 'init', 'machine']),
  start: count.describe('first byte of the report within its source'),
  end: count,
  isCut: optional(z.literal(true)).describe('the end of the report was not seen'),
  impossible: optional(text).describe('a register in it that no x86 processor can have'),
  excerpt: text,
});

const words = z.array(text);

export const expectationSchema = z.strictObject({
  line: count.describe('its line in the file of expectations'),
  name: optional(text).describe('what kmx reproduce calls it'),
  where: z.strictObject({
    kernel: optional(words).describe('names, or ranges of releases'),
    config: optional(words),
    cgroup: optional(words),
    agent: optional(words),
    machine: optional(words),
  }),
  tests: optional(words),
  outcome: z.enum(EXPECTABLE),
  signatures: optional(words),
  title: optional(text),
  reason: text,
  link: optional(text),
  since: optional(text),
  expires: text,
  owner: optional(text),
});

const expectationReportSchema = z.strictObject({
  ...expectationSchema.shape,
  status: z
    .enum(['met', 'not-met', 'expired', 'stale', 'not-looked-at'])
    .describe('stale: it matched nothing, though everything that it could be about was looked at'),
  matched: count.describe('tests that it is about'),
});

const predictedPatterns = z.array(text).readonly();

const predictedFeature = {
  feature: text.describe('as needs/features.yaml names it'),
  because: text.describe('symbols, boot parameters or versions'),
  tests: predictedPatterns.describe('patterns, as in expectations'),
};

export const predictionSchema = z.strictObject({
  needs: text.describe('the entry of needs/ that it is made from'),
  lacks: z
    .array(z.strictObject({ ...predictedFeature, without: z.enum(CONSEQUENCES) }))
    .readonly()
    .describe('what its agent lacks; of several about one test the first counts'),
  skips: z
    .array(z.strictObject(predictedFeature))
    .readonly()
    .describe('what scenarios ask for and the guest does not offer'),
  open: predictedPatterns.describe('tests about which nothing could be predicted'),
  faults: predictedPatterns.describe('tests that some releases of the agent fail on any kernel'),
});

const disagreementSchema = z.strictObject({
  predicted: verdict,
  verdict,
  because: optional(text).describe('why something else was predicted; absent: all seemed fine'),
  hits: z.array(z.strictObject({ cell: text, test: testIdSchema })),
});

export const lockSchema = z.strictObject({
  file: text,
  isEnforced: z.boolean().describe('nothing but what it names was used'),
  outdated: z
    .array(z.strictObject({ name: text, locked: text, newest: text }).readonly())
    .readonly()
    .describe('kernels of which there are newer versions'),
  missing: z
    .array(z.strictObject({ name: text, package: text, file: text, since: time }).readonly())
    .readonly()
    .describe("packages that the archive's lists lack by now"),
  gone: optional(
    z
      .array(z.strictObject({ name: text, image: text, digest: text, since: time }).readonly())
      .readonly(),
  ).describe('images that their registry lacks by now'),
  unknown: z.array(text).readonly().describe('why some of that is not known'),
  differs: optional(z.array(text).readonly()).describe('kernels that were used otherwise'),
});

const judgementSchema = z.strictObject({
  status: z.enum(JUDGEMENTS),
  line: optional(count).describe('of the expectation that is about this test'),
  unlisted: optional(z.array(text).readonly()).describe(
    'signatures of what went wrong that this expectation does not list',
  ),
});

const totalsSchema = z
  .partialRecord(verdict, count)
  .describe('tests per verdict; a verdict that no test got is absent');

export const measuredSchema = z
  .strictObject({ run: text, time })
  .describe('not run again, because nothing had changed: the run that measured it, and when');

const attemptSchema = z.strictObject({
  verdict,
  signature: optional(text).describe('what expectations pin the verdict by'),
  durationMs: z.number().nonnegative(),
  guest: optional(count).describe('number of the guest that it ran in'),
  detail: optional(detailSchema),
  findings: z.array(findingSchema).describe('the one that decided, then the others'),
  cached: optional(measuredSchema),
});

const testSchema = z.strictObject({
  ...testIdSchema.shape,
  ...attemptSchema.shape,
  startMs: optional(z.number().nonnegative()).describe(
    'when its first attempt began, since the run did; absent for cached and missing ones',
  ),
  attempts: optional(z.array(attemptSchema)).describe(
    'all tries, if there was more than one: the first that is no miss stands',
  ),
  isFlaky: optional(z.literal(true)).describe('its attempts ended differently'),
  judgement: optional(judgementSchema).describe('absent: good, and nothing else was expected'),
});

const guestSchema = z.strictObject({
  number: count,
  reason: text.describe(
    'why it is a fresh one: first, isolation, boot, retry, resumed, or after- and the verdict that ended the one before',
  ),
  from: z
    .enum(GUEST_ORIGINS)
    .describe(
      'booted, or restored from one that was saved with init ready (L1) or agent healthy (L2)',
    ),
  command: z.array(text),
  startMs: optional(z.number().nonnegative()).describe('since the run began'),
  bootMs: optional(z.number().nonnegative()).describe('until its agent was healthy'),
  facts: optional(guestFactsSchema),
  end: optional(text),
});

export const boundsSchema = z.strictObject({
  maxFailures: optional(count.positive()).describe('unexpected results'),
  timeBudgetMs: optional(z.number().positive()),
});

const looseFindingSchema = z.strictObject({
  guest: count,
  finding: findingSchema,
  isExpected: optional(z.literal(true)).describe('an expectation about this cell covers it'),
  isVoid: optional(z.literal(true)).describe(
    'what executed the guest was at fault, as a register shows that no x86 processor can have',
  ),
  isUnconfirmed: optional(z.literal(true)).describe(
    'it came in a restored guest before any test ran there, and no booted guest showed it',
  ),
});

const cellReportSchema = z.strictObject({
  ...cellSchema.omit({ scenarios: true }).shape,
  verdict: verdict.describe('the worst of its tests, and of the findings outside of them'),
  totals: totalsSchema,
  durationMs: optional(z.number().nonnegative()).describe('absent if the cell did not end'),
  facts: optional(guestFactsSchema).describe(
    'of its last guest that came up; if it needed none, of one when its results were measured',
  ),
  guests: z.array(guestSchema),
  notes: z.array(text).describe('the results do not depend on them'),
  prediction: optional(predictionSchema).describe(
    'what was to be expected of its kernel; absent: the needs of its agent are not known',
  ),
  tests: z.array(testSchema).describe('planned tests without a result are a miss'),
  findings: z.array(looseFindingSchema).describe('findings outside of tests'),
});

const hitSchema = z.strictObject({
  cell: text,
  guest: optional(count),
  test: optional(testIdSchema).describe('absent if it decided no test'),
  isExpected: optional(z.literal(true)).describe('an expectation says so'),
});

const crashSchema = z.strictObject({
  class: z.enum(CRASH_CLASSES),
  ...findingSchema.pick({
    title: true,
    place: true,
    signature: true,
    source: true,
    excerpt: true,
  }).shape,
  kernelLived: z.boolean().describe('no kernel panicked where it hit'),
  hits: z.array(hitSchema),
});

const failureSchema = z.strictObject({
  verdict,
  signature: optional(text).describe('what expectations pin it by'),
  cause: optional(text).describe('their common cause, if the assertions name it'),
  message: text.describe('of the first test; empty if it has none'),
  beside: words.describe('titles of findings that did not decide'),
  hits: z.array(hitSchema),
});

const kernelFaultSchema = z.strictObject({ name: text, message: text });

export const reportSchema = z.strictObject({
  version: z.literal(REPORT_VERSION),
  run: text,
  startedAt: time,
  endedAt: optional(time),
  interrupted: z.boolean().describe('not all of it has run'),
  stopped: optional(z.enum(STOP_REASONS)).describe(
    'what ended it before all of it had run; absent: a signal did, or nothing',
  ),
  bounds: optional(boundsSchema).describe('when it was to stop; absent: it was to run whole'),
  profile: text,
  matrix: text,
  resumedAt: z.array(time).describe('when it was resumed after it was cut off'),
  idleMs: optional(count).describe(
    'how long it did not run before it was resumed, in all; absent: it was not resumed',
  ),
  filter: optional(text),
  isFiltered: optional(z.literal(true)).describe('only a part of the profile was asked for'),
  inputs: optional(z.record(text, text)).describe('digests of what the results depend on, by name'),
  failOn: optional(z.enum(FAIL_ON)).describe(
    'only what is new since the baseline makes the run bad; absent: all that is not as expected',
  ),
  isolation: z.enum(ISOLATIONS).describe('what had a guest of its own'),
  qemu: optional(z.enum(QEMU_PLACES)).describe(
    'where all QEMUs ran, whatever the matrix says; absent: as it says',
  ),
  buildIn: optional(z.enum(BUILD_PLACES)).describe(
    'where its kernels were built; absent: on the host, or there were none to build',
  ),
  lock: optional(lockSchema).describe('the lock beside the matrix; absent: there was none'),
  hasTemplates: z.boolean().describe('guests were restored from saved ones where possible'),
  host: hostSchema,
  kernels: z.array(kernelSchema),
  facts: z
    .array(z.strictObject({ digest: factsDigest, ...probedFactsSchema.shape }))
    .describe('what kernels with their boot parameters were found to offer, each once'),
  missingKernels: z.array(kernelFaultSchema).describe('those that could not be fetched'),
  baseline: optional(baselineSchema),
  totals: totalsSchema,
  emulatorFaults: optional(count).describe(
    'tries and waiting guests that were spoilt by what executes guests; absent: none',
  ),
  crashes: z.array(crashSchema).describe('each class, title and place once'),
  failures: z
    .array(failureSchema)
    .describe('what no crash explains, each verdict and signature once, the worst first'),
  disagreements: z
    .array(disagreementSchema)
    .describe('results that are not what was predicted from the configurations of kernels'),
  cells: z.array(cellReportSchema),
  expectationsFile: optional(text),
  expectations: z.array(expectationReportSchema),
});

export type RunReport = z.infer<typeof reportSchema>;
export type ExpectationReport = z.infer<typeof expectationReportSchema>;
export type FactsReport = RunReport['facts'][number];
export type CellReport = z.infer<typeof cellReportSchema>;
export type TestReport = z.infer<typeof testSchema>;
export type AttemptReport = z.infer<typeof attemptSchema>;
export type LooseFinding = z.infer<typeof looseFindingSchema>;
export type CrashReport = z.infer<typeof crashSchema>;
export type FailureReport = z.infer<typeof failureSchema>;
export type DisagreementReport = z.infer<typeof disagreementSchema>;
export type Totals = z.infer<typeof totalsSchema>;
