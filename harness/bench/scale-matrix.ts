/** A matrix file with a given number of cells and the sections that a large one would have. */
import type { CgroupMode } from '../matrix/cell.ts';

export interface ScaleMatrix {
  readonly text: string;
  readonly cells: number;
}

const CGROUPS: readonly CgroupMode[] = ['v1', 'v2'];
const CONFIGS = 10;
const AGENTS = 10;
/** For each kernel, one mode of one config is excluded: half by an item each, half by one list. */
const EXCLUDED = AGENTS;

/** @param wanted Number of cells, rounded to whole kernels, the long axis of a matrix. */
export function makeScaleMatrix(wanted: number): ScaleMatrix {
  const perKernel = CONFIGS * CGROUPS.length * AGENTS - EXCLUDED;
  const kernels = names('kernel', Math.max(2, Math.round(wanted / perKernel)));
  const configs = names('config', CONFIGS);
  const agents = names('agent', AGENTS);
  const half = Math.floor(kernels.length / 2);
  const lines = [
    'kernels:',
    ...kernels.map((name) => `  ${name}: { path: { image: kernels/${name}/bzImage } }`),
    'configs:',
    ...configs.map((name) => `  ${name}: { boot_parameters: [loglevel=7, kmx=${name}] }`),
    `cgroups: [${CGROUPS.join(', ')}]`,
    'agents:',
    ...agents.map((name) => `  ${name}: { kata: { path: agents/${name} } }`),
    'exclude:',
    ...kernels.slice(0, half).map((name) => `  - ${exclude(name)}`),
    `  - ${exclude(`[${kernels.slice(half).join(', ')}]`)}`,
    'profiles:',
    '  nightly:',
    '    select:',
    '      - { cgroup: v1 }',
    '      - { cgroup: v2, scenarios: ["cpu/**", "memory/**"] }',
    `      - { kernel: [${kernels.join(', ')}], cgroup: v2, scenarios: ["missing/**"] }`,
  ];
  return { text: `${lines.join('\n')}\n`, cells: kernels.length * perKernel };
}

function exclude(kernel: string): string {
  return `{ kernel: ${kernel}, config: config-3, cgroup: v1 }`;
}

function names(word: string, number: number): readonly string[] {
  return Array.from({ length: number }, (_, index) => `${word}-${index}`);
}
