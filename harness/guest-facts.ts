/**
 * The schema of what a guest reports about itself: on the channel, in events and reports, and beside
 * a saved guest. All of them have the same limits, so that what one accepts the others accept, too.
 */
import { z } from 'zod';
import { CGROUP_MODES } from './matrix/cell.ts';

/** A whole number, 0 included. */
export const guestCount = z.int().nonnegative();
/** A release (include/uapi/linux/utsname.h: 64 characters), a controller, an errno. */
export const guestName = z.string().max(64);
/** Far more than there are controllers. */
export const guestNames = z.array(guestName).max(64);

const sentences = z.array(z.string().max(256)).max(64);

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
  cgroup: z.enum(CGROUP_MODES),
  controllers: guestNames.describe("offered to the agent in this guest's cgroup mode"),
});
