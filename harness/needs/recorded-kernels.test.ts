/**
 * testdata/kernels has two files for each kernel of Debian: the symbols of its configuration that
 * features.yaml names, and the facts that guests of it have found to be there, by boot parameters.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { parseKernelConfig } from '../kconfig/parse-config.ts';
import { causesBehind } from './causes.ts';
import { projectFeatures } from './testing/project-needs.ts';

interface Boot {
  readonly cmdline: string;
  /** By the part before the slash, separated by spaces: `"v1": "cpu cpuacct"`. */
  readonly offers: Readonly<Record<string, string>>;
}

const FOLDER = new URL('testdata/kernels/', import.meta.url);
const features = projectFeatures();
const releases = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace(/\.json$/, ''));
const boots = releases.flatMap((release) => {
  const recorded = readFileSync(new URL(`${release}.json`, FOLDER), 'utf8');
  const config = readConfig(release);
  return (JSON.parse(recorded) as Boot[]).map(({ cmdline, offers }) => {
    return { release, cmdline, config, offered: new Set(factsOf(offers)) };
  });
});
/** Facts that some guest has found. */
const seen = new Set(boots.flatMap(({ offered }) => [...offered]));
const groups = new Set([...seen].map(groupOf));

describe('what a kernel offers', () => {
  for (const { offered, ...kernel } of boots) {
    const { release, cmdline } = kernel;
    it(`follows from the configuration of ${release}${cmdline && ` with ${cmdline}`}`, () => {
      // Guests try nothing that would show the rest.
      const tried = [...features.keys()].filter((fact) => groups.has(groupOf(fact)));
      for (const fact of new Set([...tried, ...seen])) {
        if (isKeptByDebian(fact, release)) continue;
        const causes = causesBehind(fact, kernel, features);
        const isOffered = causes.length === 0;
        expect(isOffered, `${fact} ${JSON.stringify(causes)}`).to.equal(offered.has(fact));
      }
    });
  }
});

/** Debian's 6.12 has reverted that these rows are hidden (its bug 1108294). */
function isKeptByDebian(fact: string, release: string): boolean {
  return /^proc-cgroups\/(?:cpuset|memory)$/.test(fact) && release.startsWith('6.12.');
}

function factsOf(offers: Boot['offers']): readonly string[] {
  return Object.entries(offers).flatMap(([group, names]) =>
    names === '' ? [group] : names.split(' ').map((name) => `${group}/${name}`),
  );
}

function groupOf(fact: string): string {
  return fact.split('/')[0] ?? '';
}

function readConfig(release: string): KernelConfig {
  const parsed = parseKernelConfig(readFileSync(new URL(`${release}.config`, FOLDER)));
  if (parsed.kind === 'config') return parsed.config;
  throw new Error(`Expected a configuration of ${release}, found ${parsed.looksLike}`);
}
