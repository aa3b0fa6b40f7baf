/** git bisect in a repository of an agent, with real guests: each commit is built and measured. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { guestBinaries } from '../project.ts';

const KMX = resolve('scripts/kmx');
const MATRIX = resolve('matrix.yaml');

/** An agent of one file that starts the reference agent, which it carries, in a personality of its own. */
const SOURCE = `
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>
__asm__(".data\\nagent: .incbin \\"reference\\"\\nagent_end: .byte 0\\n");
extern char agent[], agent_end[];
extern char **environ;
int main(void) {
  int file = memfd_create("agent", MFD_CLOEXEC);
  for (char *at = agent; at < agent_end;) {
    ssize_t written = write(file, at, agent_end - at);
    if (written <= 0) return 1;
    at += written;
  }
  char *words[] = {"agent", GUARD, 0};
  fexecve(file, words, environ);
  return 1;
}
`;
const BUILD = 'gcc -static -no-pie -o program agent.c';
const GUARDED = '#define GUARD "--guard=on"\n';
const UNGUARDED = '#define GUARD "--guard=off"\n';
const CELL = ['v1', 'unguarded', ':quota reaches the kernel'];

describe('kmx bisect-step', () => {
  let tree: string;
  before(async () => {
    tree = await mkdtemp(join(tmpdir(), 'kmx-step-'));
    await copyFile(guestBinaries.agent, join(tree, 'reference'));
    await git('init', '--quiet', '--initial-branch=main');
    await writeFile(join(tree, '.gitignore'), 'program\nreference\n');
    await commit('good', GUARDED);
    await commit('still-good', `${GUARDED}/* a comment */\n`);
    await commit('first-bad', UNGUARDED);
    await commit('still-bad', `${UNGUARDED}/* a comment */\n`);
    await commit('broken', '#error this commit does not build\n');
  });
  after(() => rm(tree, { recursive: true }));

  const git = (...words: readonly string[]) =>
    execa('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { cwd: tree });

  async function commit(tag: string, head: string): Promise<void> {
    await writeFile(join(tree, 'agent.c'), head + SOURCE);
    await git('add', '--all');
    await git('commit', '--quiet', '--message', tag);
    await git('tag', tag);
  }

  const stepWords = (...words: readonly string[]): readonly string[] => [
    ...['--matrix', MATRIX, 'bisect-step', '--kernel', 'debian-6.12', '--test', ...CELL],
    ...['--agent', 'program', '--build', BUILD, ...words],
  ];

  const step = (...words: readonly string[]) =>
    execa(KMX, stepWords(...words), { cwd: tree, reject: false, all: true, env: { CI: 'true' } });

  it('finds the first bad commit for git bisect run', async () => {
    await git('bisect', 'start', 'still-bad', 'good');
    const words = ['bisect', 'run', KMX, ...stepWords('--expect', 'fail')];
    const { stdout } = await execa('git', words, { cwd: tree, env: { CI: 'true' } });
    const { stdout: first } = await git('rev-parse', 'first-bad');
    expect(stdout).to.include(`${first} is the first bad commit`);
    expect(stdout).to.match(/^[0-9a-f]+ {2}bad {2}agent-panic s2-[0-9a-f]{12}: /m);
    await git('bisect', 'reset');
  });

  it('skips a commit that does not build, and says what the compiler said', async () => {
    await git('checkout', '--quiet', 'broken');
    const { exitCode, all } = await step('--expect', 'fail');
    expect(exitCode, all).to.equal(125);
    expect(all).to.match(/unclear {2}the build ended with 1: .*/);
  });

  it('skips another failure than the wanted one', async () => {
    await git('checkout', '--quiet', 'first-bad');
    const { exitCode, all } = await step('--signature', 's2-000000000000');
    expect(exitCode, all).to.equal(125);
    expect(all).to.include('another failure: agent-panic');
  });

  it('tells old from new the other way round', async () => {
    await git('checkout', '--quiet', 'first-bad');
    expect((await step('--expect', 'fail', '--old-new')).exitCode).to.equal(0);
    await git('checkout', '--quiet', 'good');
    expect((await step('--expect', 'fail', '--old-new')).exitCode).to.equal(1);
  });

  it('ends the bisect if it is called wrongly, and leaves the tree clean', async () => {
    for (const words of [[], ['--expect', 'nothing'], ['--expect', 'fail', '--agent', 'gone']]) {
      const { exitCode, all } = await step(...words);
      expect(exitCode, all).to.equal(128);
    }
    const { stdout } = await git('status', '--porcelain');
    expect(stdout).to.equal('');
  });
});
