import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { parse } from 'yaml';
import { interpolate, isTrue } from './steps/expression.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const TOOLS = join(PROJECT, '.tools/ci');
const ACTIONLINT = join(TOOLS, 'actionlint');
const JSONSCHEMA = join(TOOLS, 'python/bin/check-jsonschema');
const NIGHTLY = '.github/workflows/nightly.yml';
const GITLAB = '.gitlab-ci.yml';

describe('the files of CI systems', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-ci-files-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const check = (tool: string, ...words: readonly string[]) =>
    execa(tool, words, { cwd: PROJECT, reject: false, all: true });
  const schema = ['--builtin-schema', 'vendor.gitlab-ci', '--data-transform', 'gitlab-ci'];

  async function changed(file: string, from: string, to: string): Promise<string> {
    const text = await readFile(join(PROJECT, file), 'utf8');
    expect(text).to.contain(from);
    const copy = join(folder, 'changed.yml');
    await writeFile(copy, text.replace(from, to));
    return copy;
  }

  /** scripts/setup tests installs them where it can. */
  function needs(tool: string): (this: Mocha.Context) => void {
    return function () {
      if (!existsSync(tool)) this.skip();
    };
  }

  describe('of GitHub', () => {
    before(needs(ACTIONLINT));

    it('are workflows, by actionlint, with scripts that shellcheck has nothing against', async () => {
      expect(await check(ACTIONLINT, NIGHTLY)).to.include({ all: '', exitCode: 0 });
    });

    it('would be found wrong if an expression or a script were', async () => {
      const wrong = await changed(NIGHTLY, 'steps.kvm.outputs', 'steps.kvn.outputs');
      expect((await check(ACTIONLINT, wrong)).all).to.contain('"kvn" is not defined');
    });
  });

  describe('of GitLab', () => {
    before(needs(JSONSCHEMA));

    it("have the form of GitLab's schema", async () => {
      expect(await check(JSONSCHEMA, ...schema, GITLAB)).to.include({ exitCode: 0 });
    });

    it('would be found wrong if they had not', async () => {
      const wrong = await changed(GITLAB, 'stage: test', 'stages: test');
      expect(await check(JSONSCHEMA, ...schema, wrong)).to.include({ exitCode: 1 });
    });
  });

  describe('say of a run whether it is a night', () => {
    const repository = { default_branch: 'main', fork: false };
    const github = { ref_name: 'main', event: { repository } };
    const night = { needs: { matrix: { result: 'failure' } }, vars: { KMX_PAGES: 'yes' }, github };
    const runs: readonly (readonly [string, object, boolean])[] = [
      ['one that is scheduled', { inputs: {} }, true],
      ['one by hand of the same profile', { inputs: { profile: 'nightly', only: '' } }, true],
      ['of another profile', { inputs: { profile: 'quick', only: '' } }, false],
      ['of some cells', { inputs: { profile: 'nightly', only: '6.12 v1' } }, false],
      // So it is if the job has timed out.
      ['cancelled job', { inputs: {}, needs: { matrix: { result: 'cancelled' } } }, true],
      ['of another branch', { inputs: {}, github: { ...github, ref_name: 'other' } }, false],
    ];
    for (const [what, contexts, expected] of runs) {
      it(`${what}: ${expected ? 'yes' : 'no'}`, async () => {
        const { env, jobs } = parse(await readFile(join(PROJECT, NIGHTLY), 'utf8'));
        const all = { ...night, ...contexts };
        for (const job of ['issue', 'pages']) {
          expect(isTrue(jobs[job].if, all, 'failure'), job).to.equal(expected);
        }
        if (what.includes('branch')) return;
        expect(interpolate(env.IS_NIGHT, all, 'success')).to.equal(`${expected}`);
        const upload = jobs.matrix.steps.find(
          ({ uses = '', with: to }: { uses?: string; with?: { name?: string } }) =>
            uses.startsWith('actions/upload-artifact') && to?.name === 'nightly-baseline',
        );
        for (const state of ['complete', 'partial', 'nothing']) {
          const steps = { report: { outputs: { night: state } } };
          const contextsOfStep = { ...all, steps, env: { IS_NIGHT: `${expected}` } };
          expect(isTrue(upload.if, contextsOfStep, 'failure'), state).to.equal(
            expected && state === 'complete',
          );
        }
      });
    }
  });

  describe('take the lock into account', () => {
    /** Prints what it is called with; the lock that it checks is outdated. */
    const STUB =
      '#!/bin/sh\necho "kmx $*"\ncase "$*" in "kernels lock"*) exit 1 ;; *completeness*) echo partial ;; esac\n';
    beforeEach(async () => {
      await mkdir(join(folder, 'ci'));
      for (const name of ['kmx', 'ci/completeness']) {
        await writeFile(join(folder, name), STUB, { mode: 0o755 });
      }
    });

    async function runScripts(scripts: readonly string[], LOCKED: string): Promise<string> {
      const env = {
        ...{ KMX: join(folder, 'kmx'), KMX_MATRIX: 'night.yaml', LOCKED, PROFILE: 'nightly' },
        ...{ TIME_BUDGET: '4h', BASELINE: '', REUSE: '', ONLY: '' },
      };
      const printed: string[] = [];
      for (const script of scripts) {
        const words = ['-e', '-o', 'pipefail', '-c', script];
        printed.push((await execa('bash', words, { cwd: folder, env, all: true })).all);
      }
      return printed.join('\n');
    }

    const systems: readonly (readonly [string, () => Promise<readonly string[]>])[] = [
      [
        NIGHTLY,
        async () => {
          const { jobs } = parse(await readFile(join(PROJECT, NIGHTLY), 'utf8'));
          const steps: readonly { name?: string; run: string }[] = jobs.matrix.steps;
          const names = ['Check the lock', 'Run the matrix'];
          return names.map((wanted) => steps.find(({ name }) => name === wanted)?.run ?? '');
        },
      ],
      [
        GITLAB,
        async () => {
          const { nightly } = parse(await readFile(join(PROJECT, GITLAB), 'utf8'));
          const script: readonly string[] = nightly.script;
          return script.filter((words) => /kernels lock|\$options/.test(words));
        },
      ],
    ];
    const CHECK = 'kmx kernels lock --check --profile nightly';
    for (const [file, scriptsOf] of systems) {
      it(`${file}: --locked is one variable, as docs/ci.md says`, async () => {
        const text = await readFile(join(PROJECT, file), 'utf8');
        expect(text).to.match(/# Yours: .*\n +LOCKED: 'no'\n/);
        const scripts = await scriptsOf();
        expect(scripts).to.have.length(2);
        expect(await runScripts(scripts, 'no')).not.to.contain('--locked');
        expect(await runScripts(scripts, 'yes')).to.match(/^kmx run .*--locked/m);
      });

      it(`${file}: what has changed since is told, and the night runs`, async () => {
        const scripts = await scriptsOf();
        expect(await runScripts(scripts, 'yes')).not.to.contain(CHECK);
        await writeFile(join(folder, 'night.lock.yaml'), '');
        const told = await runScripts(scripts, 'yes');
        expect(told)
          .to.contain(CHECK)
          .and.match(/^kmx run /m);
        if (file === NIGHTLY) expect(told).to.contain(`::warning title=lock::${CHECK}`);
      });
    }

    it('as docs/ci.md tells it', async () => {
      const docs = await readFile(join(PROJECT, 'docs/ci.md'), 'utf8');
      expect(docs).to.contain("`LOCKED: 'yes'`").and.contain(`\`${CHECK}\``);
    });
  });

  it('put no text of an event into a script, where it would be run', async () => {
    const text = await readFile(join(PROJECT, NIGHTLY), 'utf8');
    const scripts = [...text.matchAll(/^( +)run: (?:\|\n((?:\1 +.*\n|\n)+)|(.+))/gm)];
    expect(scripts.length).to.be.above(8);
    for (const [script] of scripts) expect(script).not.to.contain('${{');
  });
});
