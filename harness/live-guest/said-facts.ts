import { digestOf } from '../cache/digest.ts';
import type { ResultOf } from '../channel/messages.ts';
import type { GuestFacts } from '../events.ts';
import { bareFactsSchema, type ProbedFacts, probedFactsSchema } from '../guest-facts.ts';

/** What a guest reports before a cgroup mode is mounted. */
export type BareFacts = Omit<GuestFacts, 'cgroup' | 'controllers'>;

/** What a guest has said about itself. */
export interface SaidFacts {
  /** With the digest of `probed`. */
  readonly facts: BareFacts;
  /** The same for all guests of a kernel with the same boot parameters. */
  readonly probed: ProbedFacts;
}

/** Takes the answer to `facts` apart: into what is said of each guest, and what a run says once. */
export function splitFacts(answer: ResultOf<'facts'>): SaidFacts {
  const probed = probedFactsSchema.strip().parse(answer);
  const facts = bareFactsSchema.strip().parse(answer);
  return { facts: { ...facts, probed: digestOf(JSON.stringify(probed)) }, probed };
}
