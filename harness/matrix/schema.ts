/**
 * The one definition of `matrix.yaml`. Its descriptions are shown in editors, through
 * docs/matrix.schema.json, and in the reference file; the words beside a pattern are shown as what
 * was expected.
 */
import { z } from 'zod';
import { BOOT_PARAMETERS_BYTES_MAX } from './boot-parameters-limit.ts';
import { CGROUP_MODES, type CgroupMode, MACHINE_KINDS } from './cell.ts';
import { ISOLATIONS } from './isolation.ts';
import { kconfigRequest } from './kconfig-schema.ts';
import { KERNEL_KEYS, kernelSchema } from './kernel-schema.ts';
import { limitsSchema } from './limits-schema.ts';
import { DEFAULT_MACHINES } from './machine-kinds.ts';
import {
  addCheck,
  exactlyOne,
  namedValues,
  oneOrMore,
  setOf,
  textOf,
  variables,
} from './schema-checks.ts';
import { anyText, filePath, suite } from './schema-texts.ts';

/** Names of kernel Documentation/admin-guide/cgroup-v1/; `misc` came with 5.13. */
const V1_CONTROLLERS = [
  'cpuset',
  'cpu',
  'cpuacct',
  'blkio',
  'memory',
  'devices',
  'freezer',
  'net_cls',
  'perf_event',
  'net_prio',
  'hugetlb',
  'pids',
  'rdma',
  'misc',
] as const;

/** The values of axes that a file may leave out. */
export const DEFAULT_CONFIGS = { default: {} };
export const DEFAULT_CGROUPS: readonly CgroupMode[] = ['v1', 'v2'];

const bootParameters = addCheck(
  setOf(textOf('printable characters', /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/)),
  (value, report) => {
    const bytes = (value as readonly unknown[]).join(' ').length;
    if (bytes <= BOOT_PARAMETERS_BYTES_MAX) return;
    const message = `the boot parameters have ${bytes} characters, and the kernel would drop some`;
    const expected = `at most ${BOOT_PARAMETERS_BYTES_MAX}, with the spaces between them`;
    report([], message, { code: 'OUT_OF_RANGE', atKey: true, expected });
  },
);

const config = z.strictObject({
  boot_parameters: bootParameters.default([]).describe("Words added to the kernel's command line."),
  leave_unmounted: setOf(z.enum(V1_CONTROLLERS))
    .default([])
    .describe('v1 controllers that are not mounted, whether or not the kernel offers them.'),
  ...kconfigRequest,
});

const kataAgent = addCheck(
  exactlyOne(
    z.strictObject({
      path: filePath.optional().describe('The kata-agent binary, static or not.'),
      archive: filePath
        .optional()
        .describe('What it is in: a release archive of Kata, a root file system image, an initrd.'),
      image: textOf('a path or glob', /^[^\p{Cc}]+$/u)
        .optional()
        .describe('Which image or initrd of the archive has it.')
        .meta({ default: 'kata-containers.img' }),
      file: textOf('a path', /^[^\p{Cc}"\\]+$/u)
        .optional()
        .describe('Its path in that.')
        .meta({ default: 'usr/bin/kata-agent' }),
      arguments: z.array(anyText).default([]).describe('Its command line.'),
      environment: variables(anyText).default({}).describe('Added to its environment.'),
      library_path: setOf(filePath)
        .default([])
        .describe("Folders of its libraries, beside its own folder and the system's."),
    }),
    ['path', 'archive'],
  ),
  (value, report) => {
    if ('archive' in value) return;
    for (const key of ['image', 'file'].filter((name) => name in value)) {
      const message = `"${key}" goes with "archive": a path names the agent itself`;
      report([key], message, { code: 'CONFLICT', atKey: true, earlier: 'path' });
    }
  },
);

const agent = exactlyOne(
  z.strictObject({
    reference: z
      .strictObject({
        guard: z
          // Tools that still write YAML 1.1 turn "on" into "true".
          .literal(['on', 'off', true, false])
          .describe('on: detects what the kernel offers. off: takes every controller for granted.'),
      })
      .optional()
      .describe("The project's own agent, which resolves controllers as kata-agent does."),
    kata: kataAgent
      .optional()
      .describe('Any kata-agent. Paths start at the folder of the matrix file.'),
  }),
  ['reference', 'kata'],
);

/** Where packages of QEMU are taken from unless the file says otherwise. */
export const DEFAULT_QEMU_SUITE = 'trixie';

const qemu = addCheck(
  z.strictObject({
    in: z
      .enum(['host', 'container'])
      .default('host')
      .describe("Whose QEMU: the host's, or one that is packed into a container image."),
    suite: oneOrMore(suite)
      .optional()
      .describe('The Debian suites that the image is made of, one or a list of them.')
      .meta({ default: DEFAULT_QEMU_SUITE }),
  }),
  (value, report) => {
    const { in: place = 'host' } = value as { readonly in?: unknown };
    if (!('suite' in value) || place !== 'host') return;
    const message = '"suite" goes with "in: container": the QEMU of the host is what it is';
    report(['suite'], message, { code: 'CONFLICT', atKey: true, expected: 'in: container' });
  },
);

const machine = exactlyOne(
  z.strictObject({
    qemu: qemu.optional().describe('Virtual machines, for every kernel but that of the host.'),
    container: z
      .strictObject({
        privileged: z
          .boolean()
          .default(false)
          .describe('With all that the engine can give, instead of the few privileges needed.'),
      })
      .optional()
      .describe("Containers of Docker or Podman, for the host's own kernel."),
  }),
  MACHINE_KINDS,
);

const partialCell = {
  kernel: oneOrMore(z.string()).optional().describe('Names of kernels. Absent: all.'),
  kernel_source: oneOrMore(z.enum(KERNEL_KEYS))
    .optional()
    .describe('Only kernels from these sources, also those that are added later. Absent: all.'),
  config: oneOrMore(z.string()).optional().describe('Names of configs. Absent: all.'),
  cgroup: oneOrMore(z.string()).optional().describe('cgroup modes. Absent: all.'),
  agent: oneOrMore(z.string()).optional().describe('Names of agents. Absent: all.'),
  machine: oneOrMore(z.string()).optional().describe('Names of machines. Absent: all.'),
};

const rule = addCheck(
  z.strictObject({ ...partialCell, reason: z.string().optional().describe('For readers.') }),
  (value, report) => {
    if (Object.keys(partialCell).some((axis) => axis in value)) return;
    const message = 'this names no axis, and so matches every cell';
    report([], message, {
      code: 'EMPTY',
      expected: 'kernel, kernel_source, config, cgroup, agent or machine',
    });
  },
).meta({ anyOf: Object.keys(partialCell).map((axis) => ({ required: [axis] })) });

const scenarioGlob = textOf(
  'a glob below scenarios/, such as "missing/**"',
  /^(?!\/)(?!(.*\/)?\.\.(\/|$))[^\p{Cc}\\]+$/u,
);

const profile = z.strictObject({
  description: z.string().optional().describe('One line, shown by kmx list.'),
  select: z
    .array(
      z.strictObject({
        ...partialCell,
        scenarios: setOf(scenarioGlob)
          .min(1)
          .optional()
          .describe('Globs below scenarios/. Absent: all. A cell selected twice runs both.'),
      }),
    )
    .min(1)
    .default([{}])
    .describe('Parts of the matrix, joined. {} is all of it.'),
});

/** `matrix.yaml` as it is written, with its defaults filled in. */
export const matrixSchema = z
  .strictObject({
    kernels: namedValues(kernelSchema, 'kernel', 1).describe(
      'Axis: the guest kernels, by a name of your choice.',
    ),
    configs: namedValues(config, 'config', 1)
      .prefault(DEFAULT_CONFIGS)
      .describe('Axis: ways to set up a guest of any kernel.'),
    cgroups: setOf(z.enum(CGROUP_MODES))
      .min(1)
      .default([...DEFAULT_CGROUPS])
      .describe('Axis: cgroup modes. hybrid is v1 with a v2 hierarchy beside it.'),
    agents: namedValues(agent, 'agent', 1).describe('Axis: the agents under test.'),
    machines: namedValues(machine, 'machine', 1)
      .prefault(DEFAULT_MACHINES)
      .describe(
        'Axis: ways to start a guest. Each makes cells with the kernels that it can start.',
      ),
    exclude: z
      .array(rule)
      .default([])
      .describe('Takes cells out of the product. Each item names values of one axis or more.'),
    include: z
      .array(rule)
      .default([])
      .describe('Puts back what exclude took out. Written like exclude, and has the last word.'),
    limits: limitsSchema
      .prefault({})
      .describe('Bounds of waiting and size, with units in their names.'),
    isolation: z
      .enum(ISOLATIONS)
      .default('test')
      .describe(
        'What has a guest of its own: each test, each spec file, or the cell as long as nothing goes wrong.',
      ),
    profiles: namedValues(profile, 'profile', 0)
      .default({})
      .describe('Named parts of the matrix. "quick" is taken unless --profile names another.'),
  })
  .meta({ title: 'kernel-matrix: matrix.yaml' });

/** The matrix file's content with its defaults filled in, under the names of the file. */
export type MatrixFile = z.output<typeof matrixSchema>;

/** The JSON Schema of the same, for editors, in draft 7, which they all support. */
export function matrixJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(matrixSchema, { target: 'draft-07', io: 'input' });
}
