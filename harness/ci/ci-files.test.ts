import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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

  it('put no text of an event into a script, where it would be run', async () => {
    const text = await readFile(join(PROJECT, NIGHTLY), 'utf8');
    const scripts = [...text.matchAll(/^( +)run: (?:\|\n((?:\1 +.*\n|\n)+)|(.+))/gm)];
    expect(scripts.length).to.be.above(8);
    for (const [script] of scripts) expect(script).not.to.contain('${{');
  });
});
