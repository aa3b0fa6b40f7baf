import { type FactMap, factMapOf } from '../facts/fact-map.ts';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { toLine } from '../text.ts';
import { isCrash } from '../verdict/finding.ts';
import { reasonOf } from '../verdict/reason.ts';
import { worstVerdict } from '../verdict/verdict.ts';
import {
  type ComparedCell,
  type ComparedRun,
  type ComparedTest,
  type Environment,
  testKey,
} from './compared-run.ts';
import type { SlimCell, SlimReport } from './slim-report.ts';

/** What a run's folder has beside its report. */
export interface BesideReport {
  readonly folder: string;
  /** Digests of what the run depended on, by name, as `run-begin` has them; absent: not known. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** By the name of the kernel. */
  readonly configs: ReadonlyMap<string, KernelConfig>;
  /** Why some are not known, in sentences. */
  readonly warnings: readonly string[];
}

/** Stands for crashes of a cell that no test claims. */
export const OUTSIDE_TESTS = testKey('outside of tests', 'no crash');

export function comparedRunOf(report: SlimReport, beside: BesideReport): ComparedRun {
  const environmentOf = createEnvironments(report, beside);
  const intern = createIntern();
  const cells = report.cells.map((cell): ComparedCell => {
    const { id, kernel, config, cgroup, agent, machine, agentKind } = cell;
    const environment = environmentOf(cell);
    const tests = testsOf(cell, intern);
    return { id, kernel, config, cgroup, agent, machine, agentKind, tests, environment };
  });
  return { id: report.run, folder: beside.folder, cells, missing: findMissing(cells, beside) };
}

function findMissing(
  cells: readonly ComparedCell[],
  { folder, inputs, warnings }: BesideReport,
): readonly string[] {
  const has = (part: 'facts' | 'config'): boolean =>
    cells.some(({ environment }) => environment[part] !== undefined);
  const hasProbed = cells.some(({ environment: { facts } }) => facts?.has('v1-named') === true);
  return [
    ...(has('facts') ? [] : [`${folder} has no facts: none of its guests came up`]),
    ...(has('facts') && !hasProbed
      ? [
          `${folder} has facts about controllers alone: files, mount options and the like were not looked at by the kmx that wrote it`,
        ]
      : []),
    ...(has('config')
      ? warnings.map((warning) => `${folder}: ${warning}`)
      : [`${folder} has no kernel configs: symbols are not compared`]),
    ...(inputs === undefined
      ? [`${folder} has no events.jsonl: builds of the agent and of kmx are not compared`]
      : []),
  ];
}

type Intern = (text: string) => string;

/** Thousands of tests say the same: each text is kept once. */
function createIntern(): Intern {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    known.set(text, text);
    return text;
  };
}

function testsOf({ tests, findings }: SlimCell, intern: Intern): readonly ComparedTest[] {
  const crashes = findings.flatMap(({ finding, isVoid }) =>
    isCrash(finding) && isVoid !== true ? [finding] : [],
  );
  const worst = worstVerdict(crashes.map((crash) => crash.class));
  const [first] = crashes.filter((crash) => crash.class === worst);
  const own = tests.map((test) => testOf(test, intern));
  if (first === undefined) return [...own, withoutCrash(own)];
  const { class: verdict, signature, title } = first;
  const outside = { verdict, signature: intern(signature), why: intern(toLine(title)) };
  return [...own, { key: OUTSIDE_TESTS, ...outside }];
}

/** Where nothing was measured, nothing is known of crashes either. */
function withoutCrash(tests: readonly ComparedTest[]): ComparedTest {
  const isMeasured = tests.some(({ verdict }) => verdict !== 'miss');
  if (isMeasured) return { key: OUTSIDE_TESTS, verdict: 'pass', why: '' };
  return { key: OUTSIDE_TESTS, verdict: 'miss', why: tests[0]?.why ?? '' };
}

function testOf(test: SlimCell['tests'][number], intern: Intern): ComparedTest {
  const { file, title, verdict, signature, detail } = test;
  const why = verdict === 'pass' ? '' : toLine(detail?.cause ?? reasonOf(test as never));
  return {
    key: intern(testKey(file, title)),
    verdict,
    ...(signature === undefined ? {} : { signature: intern(signature) }),
    why: intern(why),
  };
}

/** Environments are shared by all cells in which they are the same: there are few of them. */
function createEnvironments(
  { kernels, facts = [], host, isolation, cells }: SlimReport,
  { inputs = {}, configs }: BesideReport,
): (cell: SlimCell) => Environment {
  const byName = new Map(kernels.map((kernel) => [kernel.name, kernel]));
  const probed = new Map(facts.map(({ digest, ...own }) => [digest, factMapOf(own)]));
  const tools = toolsOf(inputs, { host, isolation });
  const known = new Map<string, Environment>();
  /** Of guests with the same kernel and boot parameters: what a cell's own guests could not say. */
  const elsewhere = new Map<string, Guest>();
  for (const cell of cells) {
    const guest = guestOf(cell);
    if (guest !== undefined) elsewhere.set(bootOf(cell), guest);
  }

  return (cell) => {
    const own = guestOf(cell);
    const guest = own ?? elsewhere.get(bootOf(cell));
    const key = JSON.stringify([
      cell.kernel,
      cell.agent,
      cell.cgroup,
      guest?.release,
      guest?.cmdline,
      own?.controllers,
      guest?.probed ?? [guest?.v1Mounts, guest?.v2Controllers],
    ]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const kernel = byName.get(cell.kernel);
    const configDigest = kernel?.config?.digest;
    const environment: Environment = {
      kernel: cell.kernel,
      cgroup: cell.cgroup,
      ...omitUndefined({
        release: guest?.release ?? kernel?.release,
        bootParameters: guest?.cmdline.split(/\s+/).filter((word) => word !== ''),
        facts: guest === undefined ? undefined : factsOf(guest, probed),
        offered: own === undefined ? undefined : new Set(own.controllers),
        config: configs.get(cell.kernel),
        configDigest,
      }),
      builds: new Map([
        ...tools,
        ...build('agent', inputs[`agent ${cell.agent}`]),
        ...build('kernel', kernel?.digest),
      ]),
    };
    known.set(key, environment);
    return environment;
  };
}

type Guest = NonNullable<SlimCell['facts']>;

/** Reports of version 4 have facts of guests alone, and none of cells whose results were recalled. */
function guestOf({ facts: own, guests }: SlimCell): Guest | undefined {
  return own ?? guests.find(({ facts }) => facts !== undefined)?.facts;
}

function bootOf({ kernel, config }: SlimCell): string {
  return JSON.stringify([kernel, config]);
}

/** What was probed; an older report has facts about controllers alone. */
function factsOf(guest: Guest, probed: ReadonlyMap<string, FactMap>): FactMap {
  const found = guest.probed === undefined ? undefined : probed.get(guest.probed);
  if (found !== undefined) return found;
  return new Map([
    ...Object.entries(guest.v1Mounts).map(([name, outcome]) => [`v1/${name}`, outcome] as const),
    ...guest.v2Controllers.map((name) => [`v2/${name}`, 'ok'] as const),
  ]);
}

const PER_CELL = /^(?:agent|kernel) /;

function toolsOf(
  inputs: Readonly<Record<string, string>>,
  { host, isolation }: Pick<SlimReport, 'host' | 'isolation'>,
): readonly (readonly [string, string])[] {
  const shared = Object.entries(inputs).filter(([name]) => !PER_CELL.test(name));
  return [
    ...shared,
    ['accelerator', host.accelerator],
    ['QEMU version', host.qemu],
    ['isolation', isolation],
  ];
}

function build(name: string, digest: string | undefined): readonly (readonly [string, string])[] {
  return digest === undefined ? [] : [[name, digest]];
}
