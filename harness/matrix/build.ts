import { dirname, isAbsolute, join } from 'node:path';
import { omitUndefined } from '../omit-undefined.ts';
import { asksForSymbols, buildKernel, buildRequest } from './build-kernel.ts';
import { asList, type Resolve } from './build-values.ts';
import { namesOf } from './check-names.ts';
import type { Place } from './document.ts';
import { narrowKernels } from './kernel-sources.ts';
import type { AgentSource, Limits, MachineSource, Matrix, PartialCell, Profile } from './matrix.ts';
import { DEFAULT_QEMU_SUITE, type MatrixFile } from './schema.ts';

/** Turns a faultless file into the values that the rest of the harness works with. */
export function buildMatrix(content: MatrixFile, root: Place, file: string): Matrix {
  const resolve: Resolve = (path) => (isAbsolute(path) ? path : join(dirname(file), path));
  const profileNames = [...(root.children.get('profiles')?.children.keys() ?? [])].map(String);
  return {
    file,
    kernels: inOrder(namesOf(root, 'kernel'), content.kernels, (kernel) =>
      buildKernel(kernel, resolve),
    ),
    configs: inOrder(namesOf(root, 'config'), content.configs, (config) => ({
      bootParameters: config.boot_parameters,
      leaveUnmounted: config.leave_unmounted,
      ...(asksForSymbols(config) && { kconfig: buildRequest(config, resolve) }),
    })),
    cgroups: content.cgroups,
    agents: inOrder(namesOf(root, 'agent'), content.agents, (agent) => buildAgent(agent, resolve)),
    machines: inOrder(namesOf(root, 'machine'), content.machines, buildMachine),
    exclude: content.exclude.map((item) => buildPart(item, root)),
    include: content.include.map((item) => buildPart(item, root)),
    limits: buildLimits(content.limits),
    isolation: content.isolation,
    profiles: inOrder(profileNames, content.profiles, (profile) => buildProfile(profile, root)),
  };
}

/** An object would put keys such as "510" first; `names` has the order of the file. */
function inOrder<From, To>(
  names: readonly string[] = [],
  values: Readonly<Record<string, From>>,
  build: (value: From) => To,
): ReadonlyMap<string, To> {
  return new Map(names.map((name) => [name, build(values[name] as From)]));
}

function buildAgent(
  { reference, kata }: MatrixFile['agents'][string],
  resolve: Resolve,
): AgentSource {
  if (reference !== undefined) {
    const { guard } = reference;
    return { kind: 'reference', guard: guard === true || guard === 'on' ? 'on' : 'off' };
  }
  if (kata === undefined) throw new TypeError('an agent without a source passed the schema');
  const { path = kata.archive, image, file } = kata;
  if (path === undefined) throw new TypeError('a kata-agent without a path passed the schema');
  return {
    kind: 'kata',
    path: resolve(path),
    ...(kata.archive !== undefined && { archived: omitUndefined({ image, file }) }),
    arguments: kata.arguments,
    environment: kata.environment,
    libraryPath: kata.library_path.map(resolve),
  };
}

function buildMachine({ qemu, container }: MatrixFile['machines'][string]): MachineSource {
  if (container !== undefined) return { kind: 'container', ...container };
  if (qemu === undefined) throw new TypeError('a machine without a kind passed the schema');
  const { in: place, suite = DEFAULT_QEMU_SUITE } = qemu;
  return { kind: 'qemu', in: place, suites: place === 'container' ? asList(suite) : [] };
}

type Names = string | readonly string[] | undefined;

interface PartEntry {
  readonly kernel?: Names;
  readonly kernel_source?: Names;
  readonly config?: Names;
  readonly cgroup?: Names;
  readonly agent?: Names;
  readonly machine?: Names;
}

function buildPart(item: PartEntry, root: Place): PartialCell {
  const { config, cgroup, agent, machine } = item;
  const kernel = buildKernels(item, root);
  return {
    ...(kernel !== undefined && { kernel }),
    ...(config !== undefined && { config: asList(config) }),
    ...(cgroup !== undefined && { cgroup: asList(cgroup) }),
    ...(agent !== undefined && { agent: asList(agent) }),
    ...(machine !== undefined && { machine: asList(machine) }),
  };
}

function buildKernels(
  { kernel, kernel_source: sources }: PartEntry,
  root: Place,
): readonly string[] | undefined {
  const names = kernel === undefined ? undefined : asList(kernel);
  return sources === undefined ? names : narrowKernels(root, names, asList(sources));
}

function buildProfile(
  { description, select }: MatrixFile['profiles'][string],
  root: Place,
): Profile {
  return {
    ...(description !== undefined && { description }),
    select: select.map(({ scenarios, ...part }) => ({
      cells: buildPart(part, root),
      ...(scenarios !== undefined && { scenarios }),
    })),
  };
}

function buildLimits(limits: MatrixFile['limits']): Limits {
  return {
    bootTimeoutMs: limits.boot_timeout_ms,
    callTimeoutMs: limits.call_timeout_ms,
    testTimeoutMs: limits.test_timeout_ms,
    drainTimeoutMs: limits.drain_timeout_ms,
    heartbeatTimeoutMs: limits.heartbeat_timeout_ms,
    memoryMib: limits.memory_mib,
    cpus: limits.cpus,
    consoleBytes: limits.console_bytes,
    runLogBytes: limits.run_log_bytes,
  };
}
