import { matchesTest } from '../expectations/test-pattern.ts';
import type { AgentNeeds } from '../needs/agent-needs.ts';
import { causesBehind, featureBehind, type KnownKernel } from '../needs/causes.ts';
import type { Cause, Features } from '../needs/feature.ts';
import type { ComparedCell, Environment } from './compared-run.ts';

type Test = { readonly file: string; readonly title: string };
type User = Pick<ComparedCell, 'agent' | 'agentKind' | 'cgroup'>;

/** What is known of kernels and agents from elsewhere: the tables of needs. */
export interface Knowledge {
  /** All facts of which the tables know what they take. */
  readonly facts: readonly string[];
  /** Why a fact is not `ok` or `there` on a kernel; without its configuration, what could be why. */
  causesBehind(fact: string, kernel: KnownKernel): readonly Cause[];
  /** Every symbol that a fact takes, in any version. */
  symbolsOf(fact: string): readonly string[];
  /** Facts without which a test goes wrong, or is skipped, with this agent in this cgroup mode. */
  restsOn(test: Test, user: User): readonly string[];
}

/** @param guards Of the matrix's reference agents, by name; an agent that is not in it may have either. */
export function createKnowledge(
  features: Features,
  agents: readonly AgentNeeds[],
  guards: ReadonlyMap<string, 'on' | 'off'>,
): Knowledge {
  const known = new Map<string, readonly string[]>();

  function factsBehind(test: Test, user: User): readonly string[] {
    const needs = entriesAbout(agents, user, guards.get(user.agent))
      .flatMap((agent) => agent.needs)
      .filter(({ cgroups, tests }) => isOfTest({ cgroups, tests }, test, user))
      .map(({ feature }) => feature);
    const skips = [...features.values()].flatMap(({ fact, skips: own }) =>
      own !== undefined && isOfTest(own, test, user) ? [fact] : [],
    );
    return [...new Set([...needs, ...skips])];
  }

  return {
    facts: [...features.keys()],
    causesBehind: (fact, kernel) => causesBehind(fact, kernel, features),
    symbolsOf: (fact) => featureBehind(fact, features)?.symbols.map(({ symbol }) => symbol) ?? [],
    restsOn(test, user) {
      const { agent, agentKind, cgroup } = user;
      const key = JSON.stringify([test.file, test.title, agent, agentKind, cgroup]);
      const facts = known.get(key) ?? factsBehind(test, user);
      known.set(key, facts);
      return facts;
    },
  };
}

function isOfTest(
  { cgroups, tests }: { readonly cgroups: readonly string[]; readonly tests: readonly string[] },
  test: Test,
  { cgroup }: User,
): boolean {
  return cgroups.includes(cgroup) && tests.some((pattern) => matchesTest(test, pattern));
}

/** As `findNeeds` chooses, but that an agent whose guard is not known may have either. */
function entriesAbout(
  agents: readonly AgentNeeds[],
  { agent, agentKind }: User,
  guard: 'on' | 'off' | undefined,
): readonly AgentNeeds[] {
  const named = agents.find(({ match }) => match?.agents?.includes(agent));
  if (named !== undefined) return [named];
  return agents.filter(
    ({ match }) =>
      match?.kind === agentKind &&
      match.agents === undefined &&
      (match.guard === undefined || guard === undefined || match.guard === guard),
  );
}

export function knownKernel({
  release = '',
  bootParameters = [],
  config,
}: Environment): KnownKernel {
  return {
    release,
    cmdline: bootParameters.join(' '),
    ...(config === undefined ? {} : { config }),
  };
}

/** For what is asked without the tables. */
export const NO_KNOWLEDGE = createKnowledge(new Map(), [], new Map());
