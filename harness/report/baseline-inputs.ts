/** What two runs were made from, and what of it differs. */
import type { BaselineFacts, BaselineKernel, ConfigChange, HostFacts } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { toLine } from '../text.ts';
import type { ChangedInput } from './baseline-schema.ts';
import { describeMachine } from './describe-machines.ts';
import type { RunReport } from './schema.ts';

/** What is compared of the run itself. */
export type OwnInputs = Pick<RunReport, 'host' | 'kernels' | 'matrix' | 'inputs'>;

/** What is compared of the other run. */
export type OtherInputs = Pick<BaselineFacts, 'host' | 'kernels' | 'inputs' | 'matrix'>;

export interface InputsOptions {
  /** By the name of the kernel. */
  readonly configs: ReadonlyMap<string, ConfigChange>;
  /** Both runs were to run the same: a kernel or an agent that only one of them has came or went. */
  readonly isSameScope: boolean;
}

/** In the order of what is most often the reason. */
export function changedInputs(
  baseline: OtherInputs,
  own: OwnInputs,
  options: InputsOptions,
): readonly ChangedInput[] {
  return [
    ...agents(baseline, own, options),
    ...kernels(baseline, own, options),
    ...fileInputs(baseline, own),
    ...machines(baseline, own, options),
    ...hostInputs(baseline, own),
  ];
}

const AGENT = 'agent ';
const DIGITS_SHOWN = 12;

function agents(
  { inputs: before }: OtherInputs,
  { inputs: now }: OwnInputs,
  { isSameScope }: InputsOptions,
): readonly ChangedInput[] {
  if (before === undefined || now === undefined) return [];
  const names = namesIn([now, before].map((inputs) => Object.keys(inputs)));
  return names
    .filter((name) => name.startsWith(AGENT))
    .flatMap((key) =>
      changed('agent', short(before[key]), short(now[key]), {
        name: key.slice(AGENT.length),
        isInBothOnly: !isSameScope,
      }),
    );
}

function kernels(
  { kernels: before }: OtherInputs,
  { kernels: now }: OwnInputs,
  { configs, isSameScope }: InputsOptions,
): readonly ChangedInput[] {
  const find = <T extends { readonly name: string }>(all: readonly T[], name: string) =>
    all.find((kernel) => kernel.name === name);
  return namesIn([now, before].map((all) => all.map(({ name }) => name))).flatMap((name) => {
    const old = find(before, name);
    const own = find(now, name);
    const other = own && { ...own, config: own.config?.digest };
    return [
      ...changed('kernel', ...describeKernels(old, other && omitUndefined(other)), {
        name,
        isInBothOnly: !isSameScope,
      }),
      ...changed('config', short(old?.config), short(own?.config?.digest), {
        name,
        isInBothOnly: true,
        ...configDetails(configs.get(name)),
      }),
    ];
  });
}

function configDetails(change: ConfigChange | undefined) {
  if (change === undefined || change.missing !== undefined) return {};
  return { details: change.symbols.map((line) => toLine(line)), count: change.count };
}

/** By what tells them apart: the release, where it came from, or only its content. */
function describeKernels(
  before: BaselineKernel | undefined,
  now: BaselineKernel | undefined,
): readonly [string | undefined, string | undefined] {
  const both = (describe: (kernel: BaselineKernel) => string | undefined) =>
    [before && describe(before), now && describe(now)] as const;
  if (before?.digest === now?.digest) return [undefined, undefined];
  if (before?.release !== now?.release) return both(({ release }) => release);
  if (before?.origin !== now?.origin) return both(({ release, origin = '' }) => origin || release);
  return both(({ release, digest }) => `${release} ${short(digest)}`);
}

function fileInputs(
  { inputs: before, matrix, host }: OtherInputs,
  own: OwnInputs,
): readonly ChangedInput[] {
  const now = own.inputs;
  const kmx = { before: host.kmx, now: own.host.kmx };
  if (before === undefined || now === undefined) return changed('kmx', kmx.before, kmx.now);
  const parts = ['kmx', 'guest/init', 'guest/workload'].filter(
    (name) => before[name] !== now[name],
  );
  const details = parts.map((name) => (name === 'kmx' ? 'harness' : name));
  return [
    ...changed('scenarios', short(before['scenarios/']), short(now['scenarios/'])),
    ...changed('matrix', short(matrix && before[matrix]), short(now[own.matrix])),
    ...(kmx.before === kmx.now && parts.length > 0
      ? [{ kind: 'kmx' as const, ...kmx, details }]
      : changed('kmx', kmx.before, kmx.now, { details })),
  ];
}

function machines(
  { host: { machines: before }, inputs = {} }: OtherInputs,
  { host: { machines: now }, inputs: own = {} }: OwnInputs,
  { isSameScope }: InputsOptions,
): readonly ChangedInput[] {
  return namesIn([now, before].map((all) => all.map(({ name }) => name))).flatMap((name) => {
    const old = before.find((machine) => machine.name === name);
    const machine = now.find((one) => one.name === name);
    const words = [old && describeMachine(old), machine && describeMachine(machine)] as const;
    if (old === undefined || machine === undefined || words[0] !== words[1]) {
      return changed('machine', ...words, { name, isInBothOnly: !isSameScope });
    }
    const builds = [inputs, own].map((all) => buildOfMachine(all, name));
    const isOtherBuild = builds[0] !== builds[1] && !builds.includes(undefined);
    const details = [
      ...(isOtherBuild || old.image !== machine.image ? ['another build of QEMU'] : []),
      ...(String(old.privileges) === String(machine.privileges) ? [] : ['other privileges']),
    ];
    if (details.length === 0) return [];
    const [text = ''] = words;
    return [{ kind: 'machine' as const, name, before: text, now: text, details }];
  });
}

/** Its digest; runs before version 7 had a single QEMU. */
export function buildOfMachine(
  inputs: Readonly<Record<string, string>>,
  name: string,
): string | undefined {
  return inputs[`machine ${name}`] ?? (name === 'qemu' ? inputs.QEMU : undefined);
}

function hostInputs(
  { host: before, inputs = {} }: OtherInputs,
  { host: now, inputs: own = {} }: OwnInputs,
): readonly ChangedInput[] {
  const isOtherLimits =
    inputs.limits !== undefined && own.limits !== undefined && inputs.limits !== own.limits;
  const hosts = { before: describeHost(before), now: describeHost(now) };
  // Nothing is known of it in older logs, and on purpose in bundles.
  const isOtherHost = hosts.before !== '' && hosts.before !== hosts.now;
  return [
    ...changed('Node.js', before.node, now.node),
    ...(isOtherHost || isOtherLimits
      ? [
          {
            kind: 'host' as const,
            ...hosts,
            details: isOtherLimits ? ['time limits'] : [],
          },
        ]
      : []),
  ];
}

/** Memory is told roughly: the same machine may have some MiB more one day than the next. */
function describeHost({ kernel, cpus, memoryMib }: Partial<HostFacts>): string {
  const memory = memoryMib === undefined ? undefined : `${Math.round(memoryMib / 1024)} GiB`;
  const processors = cpus === undefined ? undefined : `${cpus} CPUs`;
  return [kernel && `Linux ${kernel}`, processors, memory].filter((part) => part).join(', ');
}

interface ChangedOptions {
  readonly name?: string;
  /** What only one of the runs has says nothing. */
  readonly isInBothOnly?: boolean;
  readonly details?: readonly string[];
  readonly count?: number;
}

function changed(
  kind: ChangedInput['kind'],
  before: string | undefined,
  now: string | undefined,
  { name, isInBothOnly = false, details = [], count }: ChangedOptions = {},
): readonly ChangedInput[] {
  if (before === now) return [];
  if (isInBothOnly && (before === undefined || now === undefined)) return [];
  const lines = { name, before, now };
  const printable = Object.fromEntries(
    Object.entries(lines).map(([key, text]) => [key, text === undefined ? text : toLine(text)]),
  ) as typeof lines;
  return [{ kind, ...omitUndefined({ ...printable, count }), details: [...details] }];
}

function namesIn(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())];
}

/** Enough of a digest to tell two apart. */
function short(digest: string | undefined): string | undefined {
  if (digest === undefined) return undefined;
  const digits = digest.replace(/^sha256:/, '');
  return digits === digest ? digest : `sha256:${digits.slice(0, DIGITS_SHOWN)}`;
}
