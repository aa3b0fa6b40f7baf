import { type FactMap, factMapOf } from '../facts/fact-map.ts';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { buildOf } from '../matrix/cell.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { buildOfMachine } from '../report/baseline-inputs.ts';
import { describeMachine, machineOf } from '../report/describe-machines.ts';
import { machinesOf } from '../report/machines-of.ts';
import type { CompactCell, CompactGuest, CompactReport } from './compact-report.ts';
import type { ComparedCell, ComparedRun, Environment } from './compared-run.ts';

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

export function comparedRunOf(report: CompactReport, beside: BesideReport): ComparedRun {
  const environmentOf = createEnvironments(report, beside);
  const cells = report.cells.map((cell): ComparedCell => {
    const { guest: _, ...own } = cell;
    return { ...own, environment: environmentOf(cell) };
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
      : [`${folder} has no kernel configs that can be read: symbols are not compared`]),
    ...(inputs === undefined
      ? [`${folder} has no events.jsonl: builds of the agent and of kmx are not compared`]
      : []),
  ];
}

/** Environments are shared by all cells in which they are the same: there are few of them. */
function createEnvironments(
  { kernels, facts = [], host, isolation, cells }: CompactReport,
  { inputs = {}, configs }: BesideReport,
): (cell: CompactCell) => Environment {
  const byName = new Map(kernels.map((kernel) => [kernel.name, kernel]));
  const probed = new Map(facts.map(({ digest, ...own }) => [digest, factMapOf(own)]));
  const tools = toolsOf(inputs, isolation);
  const machines = machinesOf(host);
  const known = new Map<string, Environment>();
  /** Of guests with the same kernel and boot parameters: what a cell's own guests could not say. */
  const elsewhere = new Map<string, CompactGuest>();
  for (const cell of cells) {
    if (cell.guest !== undefined) elsewhere.set(bootOf(cell), cell.guest);
  }

  return (cell) => {
    const own = cell.guest;
    const guest = own ?? elsewhere.get(bootOf(cell));
    const { agent, cgroup, machine } = cell;
    const name = buildOf(cell);
    const key = [name, agent, cgroup, machine, guest?.key, own?.key].join('\n');
    const before = known.get(key);
    if (before !== undefined) return before;
    const kernel = byName.get(name);
    const configDigest = kernel?.config?.digest;
    const ranOn = machineOf({ machines }, cell);
    const environment: Environment = {
      kernel: name,
      cgroup: cell.cgroup,
      ...omitUndefined({
        release: guest?.facts.release ?? kernel?.release,
        bootParameters: guest?.facts.cmdline.split(/\s+/).filter((word) => word !== ''),
        facts: guest === undefined ? undefined : factsOf(guest, probed),
        offered: own === undefined ? undefined : new Set(own.facts.controllers),
        config: configs.get(name),
        configDigest,
      }),
      builds: new Map([
        ...tools,
        ...build('agent', inputs[`agent ${cell.agent}`]),
        ...build('kernel', kernel?.digest),
        ...build('machine', ranOn && describeMachine(ranOn)),
        ...build('machine build', ranOn?.image ?? buildOfMachine(inputs, machine)),
      ]),
    };
    known.set(key, environment);
    return environment;
  };
}

function bootOf({ kernel, config }: CompactCell): string {
  return `${kernel}\n${config}`;
}

/** What was probed; an older report has facts about controllers alone. */
function factsOf({ facts: guest }: CompactGuest, probed: ReadonlyMap<string, FactMap>): FactMap {
  const found = guest.probed === undefined ? undefined : probed.get(guest.probed);
  if (found !== undefined) return found;
  return new Map([
    ...Object.entries(guest.v1Mounts).map(([name, outcome]) => [`v1/${name}`, outcome] as const),
    ...guest.v2Controllers.map((name) => [`v2/${name}`, 'ok'] as const),
  ]);
}

const PER_CELL = /^(?:(?:agent|kernel|machine) |QEMU$)/;

function toolsOf(
  inputs: Readonly<Record<string, string>>,
  isolation: string,
): readonly (readonly [string, string])[] {
  const shared = Object.entries(inputs).filter(([name]) => !PER_CELL.test(name));
  return [...shared, ['isolation', isolation]];
}

function build(name: string, digest: string | undefined): readonly (readonly [string, string])[] {
  return digest === undefined ? [] : [[name, digest]];
}
