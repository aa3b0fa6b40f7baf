/**
 * The schema of what a guest reports about itself: on the channel, in events and reports, and beside
 * a saved guest. All of them have the same limits, so that what one accepts the others accept, too.
 */
import { z } from 'zod';
import { CGROUP_MODES } from './matrix/cell.ts';

/** Of what a kernel was found to offer: see event `facts`. */
export const factsDigest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** A whole number, 0 included. */
export const guestCount = z.int().nonnegative();
/** A release (include/uapi/linux/utsname.h: 64 characters), a controller, an errno. */
export const guestName = z.string().max(64);
/** Far more than there are controllers. */
export const guestNames = z.array(guestName).max(64).readonly();

const sentences = z.array(z.string().max(256)).max(64).readonly();

const v1Mounts = z
  .record(guestName, guestName)
  .refine((mounts) => Object.keys(mounts).length <= 64, 'expected at most 64 controllers')
  .describe('per v1 controller: ok, or the errno of mounting it');

/** Known before a cgroup mode is mounted. */
export const bareFactsSchema = z.strictObject({
  release: guestName,
  // arch/x86/include/asm/setup.h: COMMAND_LINE_SIZE
  cmdline: z.string().max(2048),
  cpus: guestCount,
  memoryMib: guestCount,
  v1Mounts,
  v2Controllers: guestNames,
  disagreements: sentences.describe('where /proc/cgroups claims what is not so'),
});

export const guestFactsSchema = bareFactsSchema.extend({
  probed: z.exactOptional(factsDigest).describe('what its kernel offers, in full: see facts'),
  cgroup: z.enum(CGROUP_MODES),
  controllers: guestNames.describe("offered to the agent in this guest's cgroup mode"),
});

const outcomes = z
  .record(guestName, guestName)
  .refine((map) => Object.keys(map).length <= 64, 'expected at most 64 names');
/**
 * include/linux/cgroup-defs.h: MAX_CGROUP_TYPE_NAMELEN and MAX_CFTYPE_NAME, 32 and 64 characters. A
 * child cgroup with every controller has about 80 files on v2 and 150 on v1.
 */
const fileNames = z.array(z.string().max(100)).max(512).readonly();

/** What a kernel with its boot parameters offers, found out by trying before anything is mounted. */
export const probedFactsSchema = z.strictObject({
  v1Mounts,
  v1Named: guestName.describe('ok, or the errno of mounting a named hierarchy'),
  v1Files: fileNames.describe('in a child cgroup of each v1 hierarchy'),
  v2Enables: outcomes.describe('per v2 controller: ok, or the errno of enabling it for children'),
  v2Files: fileNames.describe('in a child cgroup with all v2 controllers'),
  mountOptions: outcomes.describe('per option of cgroup2: ok, or the errno of mounting with it'),
  procCgroups: z
    .record(guestName, z.enum(['enabled', 'disabled']))
    .refine((map) => Object.keys(map).length <= 64, 'expected at most 64 controllers')
    .describe('what /proc/cgroups claims'),
  disagreements: sentences.describe('where /proc/cgroups claims what is not so'),
  psi: z.boolean().describe('/proc/pressure is there'),
  swapAccounting: z.boolean().describe('a child cgroup can limit swap'),
  namespaces: guestNames.describe('names in /proc/self/ns'),
  lsms: guestNames.describe('Linux security modules that are active'),
  hz: guestCount.describe('timer interrupts per second'),
  warnings: sentences.describe("the kernel's words about deprecated use while all that was tried"),
});

export type ProbedFacts = z.infer<typeof probedFactsSchema>;
