/** Candidates in words. What guests said is shown as it is: whoever prints it escapes it. */
import type { Candidate } from './candidates.ts';
import { isLack, readFactKey } from './fact-key.ts';

export function describeCandidate({
  kind,
  key,
  values,
}: Omit<Candidate, 'weight' | 'separation'>): string {
  switch (kind) {
    case 'fact':
      return describeFact(key, values);
    case 'symbol':
      return describeSymbol(key, values);
    case 'boot-parameter':
      return values.includes('there') ? `boot parameter ${key}` : `no boot parameter ${key}`;
    case 'kernel-release':
      return key.startsWith('<')
        ? `kernels before ${key.slice(1)}`
        : `kernels from ${key.slice(2)} on`;
    case 'agent-build':
      return `agent build ${shorten(values)}`;
    case 'kernel-build':
      return `kernel build ${shorten(values)}`;
    case 'machine':
      return `another machine: ${shorten(values)}`;
    case 'tool':
      return `${key} ${shorten(values)}`;
  }
}

const DIGEST = /^(sha256:[0-9a-f]{12})[0-9a-f]+$/;

/** `sha256:` with the first 12 digits; any other text as it is. */
export function shortenDigest(text: string): string {
  return text.replace(DIGEST, '$1');
}

function shorten(values: readonly string[]): string {
  return values.map(shortenDigest).join(' or ');
}

function describeFact(key: string, values: readonly string[]): string {
  const { kind, hierarchy, name } = readFactKey(key);
  const isMissing = values.every(isLack);
  const errno = values.filter((value) => value !== '').join(', ');
  const why = errno === '' || !isMissing ? '' : ` (${errno})`;
  switch (kind) {
    case 'controller':
      if (!isMissing) return `${hierarchy} ${name} can be ${VERBS[hierarchy ?? 'v1']}`;
      if (why === '') return `${hierarchy} has no ${name}`;
      return `${hierarchy} ${name} cannot be ${VERBS[hierarchy ?? 'v1']}${why}`;
    case 'offered':
      return isMissing ? `the agent is not offered ${name}` : `the agent is offered ${name}`;
    case 'file':
      return `${hierarchy} has ${isMissing ? 'no ' : ''}${name}`;
    case 'option':
      return isMissing ? `cgroup2 does not take ${name}${why}` : `cgroup2 takes ${name}`;
    case 'claim':
      return errno === ''
        ? `/proc/cgroups does not list ${name}`
        : `/proc/cgroups lists ${name} as ${errno}`;
    case 'other':
      if (values.every((value) => value === '')) return `there is no ${key}`;
      return values.every((value) => value === 'there') ? `there is ${key}` : `${key} is ${errno}`;
  }
}

const VERBS = { v1: 'mounted', v2: 'enabled' } as const;

function describeSymbol(symbol: string, values: readonly string[]): string {
  const name = `CONFIG_${symbol}`;
  const texts = values.map((value) => {
    if (value === 'not set') return `${name} is not set`;
    return value === '–' ? `there is no ${name}` : `${name}=${value}`;
  });
  return texts.join(', or ');
}
