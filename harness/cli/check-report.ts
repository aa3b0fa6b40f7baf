/** What `kmx check` finds, as a value: `--json` prints it as it is. */

import { fileGlobOf } from '../expectations/test-pattern.ts';
import type { CgroupMode } from '../matrix/cell.ts';
import { matchesGlob } from '../matrix/patterns.ts';
import { type AgentNeeds, CONSEQUENCES, type Consequence, isLoss } from '../needs/agent-needs.ts';
import {
  type AgentCheck,
  checkAgent,
  type Fix,
  fixesFor,
  type LackReason,
  modesOf,
  type Setup,
} from '../needs/check.ts';
import type { Features } from '../needs/feature.ts';
import { predictCell } from '../needs/predict.ts';
import type { Prediction } from '../needs/prediction.ts';
import { describeFix, describeReason } from '../needs/words.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { CheckedKernel } from './checked-kernels.ts';

export interface CheckReport {
  readonly kernels: readonly KernelReport[];
}

export interface KernelReport {
  readonly name: string;
  readonly release?: string;
  /** Absent: the configuration is not known. */
  readonly configFrom?: string;
  readonly cmdline: string;
  /** Of reading its configuration. */
  readonly problems: readonly string[];
  readonly checks: readonly CheckReportItem[];
}

export interface CheckReportItem {
  readonly agent: string;
  readonly title: string;
  readonly cgroup: CgroupMode;
  readonly verdict: AgentCheck['verdict'];
  /** The worst that it does for want of something; absent if it lacks nothing. */
  readonly worst?: Consequence;
  /** Spec files; absent for an agent that no matrix runs, and for a kernel of which too little is known. */
  readonly scenarios?: ScenarioCounts;
  readonly lacks: readonly LackItem[];
  /** Symbols that decide, where the configuration is not known. */
  readonly unknownSymbols: readonly string[];
}

export interface ScenarioCounts {
  readonly total: number;
  /** Some of their tests will go wrong. */
  readonly bad: number;
  /** Skipped as a whole, for want of what they ask for. */
  readonly skipped: number;
}

export interface LackItem {
  readonly feature: string;
  readonly title: string;
  readonly without: Consequence;
  readonly what: string;
  readonly place?: string;
  readonly source: string;
  readonly tests: readonly string[];
  /** Another of these, which is all the reason that there is. */
  readonly impliedBy?: string;
  readonly reasons: readonly (LackReason & { readonly text: string })[];
  /** All of them are needed. */
  readonly fixes: readonly (Fix & { readonly text: string })[];
}

export interface CheckOptions {
  readonly kernels: readonly CheckedKernel[];
  readonly agents: readonly AgentNeeds[];
  readonly features: Features;
  /** Only these modes; absent: all that an agent is known to run in. */
  readonly cgroups?: readonly CgroupMode[];
  /** Added to each kernel's command line. */
  readonly bootParameters: readonly string[];
  /** v1 controllers that guests do not mount. */
  readonly leaveUnmounted: readonly string[];
  /** Spec files, below `scenarios/`. */
  readonly scenarios: readonly string[];
}

export function checkKernels(options: CheckOptions): CheckReport {
  return {
    kernels: options.kernels.map((kernel) => {
      const { name, release, configFrom, problems } = kernel;
      const cmdline = [kernel.cmdline, ...options.bootParameters].join(' ').trim();
      return {
        name,
        cmdline,
        problems,
        ...(release !== '' && { release }),
        ...omitUndefined({ configFrom }),
        checks: options.agents.flatMap((agent) =>
          modesOf(agent)
            .filter((mode) => options.cgroups?.includes(mode) ?? true)
            .map((cgroup) => checkOne(agent, { kernel, cmdline, cgroup }, options)),
        ),
      };
    }),
  };
}

/** Whether all kernels have all that was asked about. */
export function hasEverything({ kernels }: CheckReport): boolean {
  return kernels.every(({ checks }) => checks.every(({ verdict }) => verdict === 'works'));
}

interface Asked {
  readonly kernel: CheckedKernel;
  readonly cmdline: string;
  readonly cgroup: CgroupMode;
}

function checkOne(
  agent: AgentNeeds,
  { kernel: { config, release, host }, cmdline, cgroup }: Asked,
  { features, leaveUnmounted, scenarios }: CheckOptions,
): CheckReportItem {
  const setup: Setup = {
    kernel: { release, cmdline, ...omitUndefined({ config }) },
    leaveUnmounted,
    cgroup,
    ...omitUndefined({ host }),
  };
  const { needs, verdict } = checkAgent(agent, setup, features);
  const lacks = needs.flatMap(({ need, title, state, impliedBy }): readonly LackItem[] => {
    if (state.kind !== 'lacking') return [];
    const { cgroups: _cgroups, ...rest } = need;
    const reasons = state.reasons.map((reason) => ({ ...reason, text: describeReason(reason) }));
    const fixes = fixesFor(state.reasons).map((fix) => ({ ...fix, text: describeFix(fix) }));
    return [{ ...rest, title, ...omitUndefined({ impliedBy }), reasons, fixes }];
  });
  const unknown = needs.flatMap(({ need, state }) =>
    state.kind === 'unknown' && isLoss(need.without) ? state.symbols : [],
  );
  const worst = CONSEQUENCES.find((word) => lacks.some(({ without }) => without === word));
  const isCounted = agent.match !== undefined && verdict !== 'unknown';
  return {
    agent: agent.name,
    title: agent.title,
    cgroup,
    verdict,
    lacks,
    unknownSymbols: [...new Set(unknown)],
    ...omitUndefined({
      worst,
      scenarios: isCounted
        ? countScenarios(predictCell(agent, setup, features), scenarios)
        : undefined,
    }),
  };
}

function countScenarios(
  { lacks, skips }: Prediction,
  scenarios: readonly string[],
): ScenarioCounts {
  const skipped = scenarios.filter((file) =>
    skips.some(({ tests }) => tests.some((pattern) => matchesGlob(file, pattern))),
  );
  const patterns = lacks.flatMap(({ without, tests }) => (isLoss(without) ? tests : []));
  const isDead = lacks.some(({ without }) => without === 'does-not-start');
  const bad = scenarios.filter(
    (file) =>
      isDead ||
      (!skipped.includes(file) &&
        patterns.some((pattern) => matchesGlob(file, fileGlobOf(pattern)))),
  );
  return { total: scenarios.length, bad: bad.length, skipped: isDead ? 0 : skipped.length };
}
