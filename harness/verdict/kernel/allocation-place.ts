/** The function that allocated a damaged object. */
import { readFrames } from './kernel-frames.ts';
import type { PlaceFinder } from './place.ts';
import { createReportStacks } from './report-stacks.ts';
import { createStackPlace } from './stack-place.ts';

/** mm/slub.c: print_track; the stack follows with CONFIG_STACKTRACE. */
const ALLOCATED = /^(?:INFO: )?Allocated in ([A-Za-z_][\w.]*)\+0x/;

/** If the report does not say: what the task that found the damage was doing. */
export function createAllocationPlace(): PlaceFinder {
  const stacks = createReportStacks();
  const allocation = createStackPlace({ isLeak: true });
  let isAllocation = false;

  return {
    add(message) {
      stacks.add(message);
      const name = ALLOCATED.exec(message)?.[1];
      const frames = name === undefined ? readFrames(message) : [{ name, isSure: true }];
      isAllocation = name !== undefined || (isAllocation && frames.length > 0);
      if (isAllocation) for (const frame of frames) allocation.add(frame);
    },
    get place() {
      return allocation.place ?? stacks.place;
    },
  };
}
