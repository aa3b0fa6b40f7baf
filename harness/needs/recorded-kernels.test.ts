/**
 * testdata/kernels has two files for each kernel of Debian: the symbols of its configuration that
 * features.yaml names, and what guests of it said of their controllers, by boot parameters.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { parseKernelConfig } from '../kconfig/parse-config.ts';
import { causesBehind } from './causes.ts';
import { projectFeatures } from './testing/project-needs.ts';

interface Boot {
  readonly cmdline: string;
  /** By controller: ok, or the errno of mounting it. */
  readonly v1Mounts: Readonly<Record<string, string>>;
  readonly v2Controllers: readonly string[];
}

const FOLDER = new URL('testdata/kernels/', import.meta.url);
const features = projectFeatures();

describe('what a kernel offers', () => {
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
    const release = file.replace(/\.json$/, '');
    const config = readConfig(release);
    for (const boot of JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Boot[]) {
      const { cmdline } = boot;
      const explain = (fact: string) => causesBehind(fact, { config, release, cmdline }, features);

      it(`follows from the configuration of ${release}${cmdline && ` with ${cmdline}`}`, () => {
        for (const [controller, outcome] of Object.entries(boot.v1Mounts)) {
          const causes = explain(`v1/${controller}`);
          const isOffered = causes.length === 0;
          expect(isOffered, `v1/${controller} ${JSON.stringify(causes)}`).to.equal(
            outcome === 'ok',
          );
        }
        const v2 = [...features.keys()].flatMap((fact) => /^v2\/(\w+)$/.exec(fact)?.[1] ?? []);
        const offered = v2.filter((controller) => explain(`v2/${controller}`).length === 0);
        expect(offered).to.have.members([...boot.v2Controllers]);
      });
    }
  }
});

function readConfig(release: string): KernelConfig {
  const parsed = parseKernelConfig(readFileSync(new URL(`${release}.config`, FOLDER)));
  if (parsed.kind === 'config') return parsed.config;
  throw new Error(`Expected a configuration of ${release}, found ${parsed.looksLike}`);
}
