/**
 * The form of a bundle: a tar file, packed with zstd, of one folder. Its first member is `bundle.json`,
 * which says what the test was, how its guest is booted, and the size and digest of every other member;
 * these follow in the order of their paths. Everything in it is plain JSON and plain files.
 */
import { z } from 'zod';
import { BOOTS } from '../events.ts';
import { cellId } from '../matrix/cell.ts';
import { cellSchema, expectationSchema } from '../report/schema.ts';
import { VERDICTS } from '../verdict/verdict.ts';
import { findClash, isBundlePath } from './bundle-path.ts';

export const FORMAT = 1;
export const DESCRIPTION_NAME = 'bundle.json';
/** Boots the guest with nothing but QEMU. */
export const SCRIPT_PATH = 'run.sh';
export const SCENARIO_FOLDER = 'scenarios';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** What a bundle may cost whoever reads it: a small one can unpack to more than any disk has. */
export interface BundleLimits {
  readonly descriptionBytes: number;
  readonly files: number;
  readonly fileBytes: number;
  /** Of all files together. */
  readonly bytes: number;
}

/** Debian's largest kernel has 500 MiB with its modules, a debug build of kata-agent 150. */
export const LIMITS: BundleLimits = {
  descriptionBytes: 4 * MIB,
  files: 2000,
  fileBytes: GIB,
  bytes: 2 * GIB,
};

/** Which limit some files exceed together, as what they are: `3000 files, and not at most 2000`. */
export function findExcess(
  files: readonly Pick<BundledFile, 'path' | 'size'>[],
  limits: BundleLimits = LIMITS,
): string | undefined {
  if (files.length > limits.files) return `${files.length} files, and not at most ${limits.files}`;
  const large = files.find(({ size }) => size > limits.fileBytes);
  if (large !== undefined) {
    return `${large.path} of ${large.size} bytes, and not at most ${limits.fileBytes}`;
  }
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return bytes <= limits.bytes
    ? undefined
    : `files of ${bytes} bytes, and not at most ${limits.bytes}`;
}

const text = z.string().max(4096);
const texts = z.array(text).max(1000);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const path = z.string().refine(isBundlePath, 'not a path below the folder of a bundle');
const milliseconds = z.int().positive();

const fileSchema = z.strictObject({
  path,
  size: z.int().nonnegative(),
  mode: z.union([z.literal(0o644), z.literal(0o755)]),
  digest,
});
export type BundledFile = z.infer<typeof fileSchema>;

const guestSchema = z.strictObject({
  /** What QEMU boots. */
  kernel: path,
  /** Archives that are one initramfs when they are put one after the other. */
  initramfs: z.array(path).min(1).max(16),
  /** Another one, which comes after these in a guest without kmx. */
  replay: z.exactOptional(path),
  bootParameters: texts,
  leaveUnmounted: texts,
  cpus: z.int().min(1).max(64),
  memoryMib: z.int().min(16).max(65_536),
});

const agentSchema = z.strictObject({
  /** Of all of its files in the guest. */
  digest,
  /** The archive with these; absent: whoever has the bundle has to bring the agent. */
  archive: z.exactOptional(path),
  argv: texts.min(1),
  environment: z.record(z.string().max(256), text),
  socket: text,
});

const kernelSchema = z.strictObject({
  release: text,
  origin: text,
  digest,
  /** The file with its configuration. */
  config: z.exactOptional(path),
});

const machineSchema = z.strictObject({
  accelerator: z.enum(['tcg', 'kvm']),
  /** Of QEMU. */
  version: text,
  /** As it was started, with `{bundle}` and `{guest}` in the place of this host's folders. */
  command: texts.min(1),
});

const limitsSchema = z.strictObject({
  bootTimeoutMs: milliseconds,
  callTimeoutMs: milliseconds,
  testTimeoutMs: milliseconds,
  drainTimeoutMs: milliseconds,
  heartbeatTimeoutMs: milliseconds,
  consoleBytes: z.int().positive(),
  runLogBytes: z.int().positive(),
});

/** Its id names folders. */
const bundledCellSchema = cellSchema
  .omit({ scenarios: true })
  .refine((cell) => cell.id === cellId(cell) && CELL_ID.test(cell.id), 'not the id of its cell');
const CELL_ID = /^[A-Za-z0-9][\w.+~=@-]{0,249}$/;

const outcomeSchema = z.strictObject({
  verdict: z.enum(VERDICTS),
  signature: z.exactOptional(text),
  /** Why, on one line. */
  why: z.exactOptional(text),
});

const scenarioSchema = z.strictObject({
  /** The spec file with the test. */
  spec: path,
  /** With what it imports from `scenarios/`. */
  sources: z.array(path).min(1).max(500),
});

export const bundleSchema = z
  .strictObject({
    format: z.literal(FORMAT),
    /** The version of kmx that wrote it. */
    kmx: text,
    /** Of its code that runs tests. */
    code: digest,
    /** The version of Node.js that ran the test. */
    node: text,
    test: z.strictObject({ file: text, title: text }),
    cell: bundledCellSchema,
    outcome: outcomeSchema,
    /** What was known of it. */
    expectation: z.exactOptional(expectationSchema.omit({ owner: true })),
    kernel: kernelSchema,
    agent: agentSchema,
    guest: guestSchema,
    machine: machineSchema,
    limits: limitsSchema,
    /** Absent for the test `boots`, which has none. */
    scenario: z.exactOptional(scenarioSchema),
    files: z.array(fileSchema),
  })
  .superRefine((bundle, context) => {
    const problem = findProblem(bundle);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });
export type Bundle = z.infer<typeof bundleSchema>;
/** What a bundle says of itself, apart from its files. */
export type BundleDescription = Omit<Bundle, 'files'>;

function findProblem(bundle: Bundle): string | undefined {
  const { files, guest, agent, kernel, scenario, test } = bundle;
  const spec = test.file === BOOTS.file ? undefined : `${SCENARIO_FOLDER}/${test.file}`;
  if (scenario?.spec !== spec) return 'its scenario is not that of its test';
  const paths = files.map((file) => file.path);
  const unsorted = paths.find((one, index) => index > 0 && one <= (paths[index - 1] ?? ''));
  if (unsorted !== undefined) return `the file ${unsorted} is out of order, or there twice`;
  const clash = findClash([DESCRIPTION_NAME, ...paths]);
  if (clash !== undefined) return `the file ${clash} is in the way of another one`;
  const named = [
    ...[guest.kernel, ...guest.initramfs],
    ...[guest.replay, agent.archive, kernel.config].filter((one) => one !== undefined),
    ...(scenario === undefined ? [] : [scenario.spec, ...scenario.sources]),
  ];
  const missing = named.find((one) => !paths.includes(one));
  return missing === undefined ? undefined : `it has no file ${missing}`;
}
