/** What an agent will lack on a kernel, before anything boots. */
import type { CgroupMode } from '../matrix/cell.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { type AgentNeeds, isLoss, type Need } from './agent-needs.ts';
import { causesBehind, type KnownKernel, NOT_KNOWN, withRequired } from './causes.ts';
import type { Cause, Features } from './feature.ts';
import { type HostControllers, missingOnHost, type NotOnHost } from './host-controllers.ts';

/** A kernel, and how guests are set up with it. */
export interface Setup {
  readonly kernel: KnownKernel;
  /** v1 controllers that are not mounted even if the kernel offers them. */
  readonly leaveUnmounted: readonly string[];
  readonly cgroup: CgroupMode;
  /** Of the host whose kernel guests share; absent: they have their own. */
  readonly host?: HostControllers;
}

/** Why a feature is not there in a guest. */
export type LackReason =
  | Cause
  /** The kernel offers it, and the guest's set-up leaves its hierarchy unmounted. */
  | { readonly kind: 'unmounted'; readonly controller: string }
  | NotOnHost;

export type NeedState =
  | { readonly kind: 'satisfied' }
  | { readonly kind: 'lacking'; readonly reasons: readonly LackReason[] }
  /**
   * The feature depends on the kernel's configuration, which is not known, or on what an engine grants its
   * containers: then there are no symbols.
   */
  | { readonly kind: 'unknown'; readonly symbols: readonly string[] };

export interface CheckedNeed {
  readonly need: Need;
  /** What the feature is, for people. */
  readonly title: string;
  readonly state: NeedState;
  /** Another missing feature of the same agent, which is all the reason that there is. */
  readonly impliedBy?: string;
}

/** An agent in one cgroup mode on one kernel. */
export interface AgentCheck {
  readonly agent: string;
  readonly cgroup: CgroupMode;
  /** In the order of the agent's needs. */
  readonly needs: readonly CheckedNeed[];
  /** `works`: nothing is missing that users would notice. */
  readonly verdict: 'works' | 'lacks' | 'unknown';
}

export function checkAgent(agent: AgentNeeds, setup: Setup, features: Features): AgentCheck {
  const { cgroup } = setup;
  const needs = agent.needs
    .filter(({ cgroups }) => cgroups.includes(cgroup))
    .map(
      (need): CheckedNeed => ({
        need,
        title: features.get(need.feature)?.title ?? need.feature,
        state: stateOfFeature(need.feature, setup, features),
      }),
    );
  const marked = needs.map((checked) => markImplied(checked, needs, features));
  return { agent: agent.name, cgroup, needs: marked, verdict: verdictOf(marked) };
}

/** Swap limits are missing where the memory controller is: whoever mends that has mended both. */
function markImplied(
  checked: CheckedNeed,
  all: readonly CheckedNeed[],
  features: Features,
): CheckedNeed {
  const { state, need } = checked;
  if (state.kind !== 'lacking') return checked;
  const reasons = new Set(state.reasons.map((reason) => JSON.stringify(reason)));
  const required = withRequired(need.feature, features).map(({ fact }) => fact);
  const [behind] = all.filter(
    (other) =>
      other.need.feature !== need.feature &&
      required.includes(other.need.feature) &&
      other.state.kind === 'lacking' &&
      other.state.reasons.length === reasons.size &&
      other.state.reasons.every((reason) => reasons.has(JSON.stringify(reason))),
  );
  return behind === undefined ? checked : { ...checked, impliedBy: behind.need.feature };
}

/** The modes that an agent is known to run in. */
export function modesOf({ needs }: AgentNeeds): readonly CgroupMode[] {
  return [...new Set(needs.flatMap(({ cgroups }) => cgroups))];
}

export function stateOfFeature(feature: string, setup: Setup, features: Features): NeedState {
  const causes = causesBehind(feature, setup.kernel, features);
  const symbols = causes.flatMap((cause) =>
    cause.kind === 'symbol' && cause.state === NOT_KNOWN ? [cause.symbol] : [],
  );
  // Of a kernel whose configuration is not known, what is certain comes alone.
  const certain: readonly LackReason[] = symbols.length > 0 ? [] : causes;
  const facts = withRequired(feature, features).map(({ fact }) => fact);
  const { cgroup, host } = setup;
  const reasons = [
    ...certain,
    ...unmountedBehind(facts, setup),
    ...(host === undefined ? [] : missingOnHost(facts, cgroup, host)),
  ];
  if (reasons.length > 0) return { kind: 'lacking', reasons };
  const isKnown = symbols.length === 0 && host?.isAllGranted !== false;
  return isKnown ? { kind: 'satisfied' } : { kind: 'unknown', symbols };
}

function unmountedBehind(
  facts: readonly string[],
  { cgroup, leaveUnmounted }: Setup,
): readonly LackReason[] {
  if (cgroup === 'v2') return [];
  return leaveUnmounted
    .filter((controller) => facts.includes(`v1/${controller}`))
    .map((controller) => ({ kind: 'unmounted', controller }));
}

function verdictOf(needs: readonly CheckedNeed[]): AgentCheck['verdict'] {
  const kinds = new Set(
    needs.filter(({ need }) => isLoss(need.without)).map(({ state }) => state.kind),
  );
  if (kinds.has('lacking')) return 'lacks';
  return kinds.has('unknown') ? 'unknown' : 'works';
}

/** The smallest change that takes a reason away. */
export type Fix =
  | { readonly kind: 'set-symbol'; readonly symbol: string; readonly value: string }
  | { readonly kind: 'unset-symbol'; readonly symbol: string }
  | { readonly kind: 'remove-parameter'; readonly parameter: string }
  | { readonly kind: 'mount'; readonly controller: string }
  | { readonly kind: 'offer-on-host'; readonly controller: string; readonly version: 'v1' | 'v2' }
  | { readonly kind: 'other-version'; readonly since?: string; readonly until?: string };

/** Each once, in the order of the reasons; all of them are needed. */
export function fixesFor(reasons: readonly LackReason[]): readonly Fix[] {
  const fixes = reasons.map(fixFor);
  return [...new Map(fixes.map((fix) => [JSON.stringify(fix), fix])).values()];
}

function fixFor(reason: LackReason): Fix {
  switch (reason.kind) {
    case 'symbol': {
      const { symbol, wanted } = reason;
      const value = wanted.find((word) => word !== 'n');
      return value === undefined
        ? { kind: 'unset-symbol', symbol }
        : { kind: 'set-symbol', symbol, value };
    }
    case 'boot-parameter':
      return { kind: 'remove-parameter', parameter: reason.parameter };
    case 'version': {
      const { since, until } = reason;
      return { kind: 'other-version', ...omitUndefined({ since, until }) };
    }
    case 'unmounted':
      return { kind: 'mount', controller: reason.controller };
    case 'not-on-host':
      return { kind: 'offer-on-host', controller: reason.controller, version: reason.version };
  }
}
