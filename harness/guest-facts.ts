/**
 * The schema of what a guest reports about itself: in reports, in events, and beside a saved guest.
 */
import { z } from 'zod';
import { CGROUP_MODES } from './matrix/cell.ts';

const text = z.string();

/** Known before a cgroup mode is mounted. */
export const bareFactsSchema = z.strictObject({
  release: text,
  cmdline: text,
  cpus: z.int().nonnegative(),
  memoryMib: z.number(),
  v1Mounts: z.record(text, text).describe('per v1 controller: ok, or the errno of mounting it'),
  v2Controllers: z.array(text),
  disagreements: z.array(text).describe('where /proc/cgroups claims what is not so'),
});

export const guestFactsSchema = bareFactsSchema.extend({
  cgroup: z.enum(CGROUP_MODES),
  controllers: z.array(text).describe("offered to the agent in this guest's cgroup mode"),
});
