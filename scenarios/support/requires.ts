import type { GuestFacts } from '../../harness/events.ts';

/** What a guest must offer, or must lack, for a scenario to make sense. */
export interface Requirements {
  /** Controllers that the guest must offer to the agent, by their v2 names where these differ. */
  readonly controllers?: readonly string[];
  /** A controller that the guest must not offer. */
  readonly missing?: string;
  readonly cpus?: number;
}

/**
 * Call it at the top of a `describe`: in guests that do not meet the requirements its tests are
 * skipped, and reports give the reason. Call it before `useGuest`, or guests boot for skipped tests.
 */
export function requires(requirements: Requirements): void {
  beforeEach('requirements', function () {
    const reason = findUnmet(requirements, this.session.facts);
    if (reason === undefined) return;
    this.skipReason = reason;
    this.skip();
  });
}

function findUnmet(requirements: Requirements, facts: GuestFacts): string | undefined {
  const { controllers = [], missing, cpus = 1 } = requirements;
  const absent = controllers.filter((controller) => !facts.controllers.includes(controller));
  if (absent.length > 0) return `needs ${absent.join(', ')}, which the guest does not offer`;
  if (missing !== undefined && facts.controllers.includes(missing)) {
    return `is about a guest without ${missing}, and this one offers it`;
  }
  if (facts.cpus < cpus) return `needs ${cpus} CPUs, and the guest has ${facts.cpus}`;
  return undefined;
}
