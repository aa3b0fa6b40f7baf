import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { execa } from 'execa';
import { writeMiniatureTree } from '../kernels/source/testing/miniature-tree.ts';
import { expandMatrix } from '../matrix/expand.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { parseMatrix } from '../matrix/parse.ts';
import { runQuietly } from './run-quietly.ts';

const MATRIX = `kernels:
  mine: { source: { tree: linux } }
cgroups: [v2]
agents:
  mine: { kata: { path: /usr/bin/true } }
`;
/** Of a kernel that says when its configuration is being made, and is never done with it. */
const MAKEFILE = `VERSION = 6
PATCHLEVEL = 12
SUBLEVEL = 0
%config:
	echo begun > ../started
	sleep 1000000
`;

const POLL_MS = 20;

// Uses the host's make and what else kernels are built with.
describe('A run within another command', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-quiet-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('ends the build of a kernel when it is told to', async () => {
    const tree = join(folder, 'linux');
    await writeMiniatureTree(tree, { Makefile: MAKEFILE });
    const started = join(folder, 'started');
    await mkdir(join(folder, 'run'));
    const matrix = readMatrix(join(folder, 'matrix.yaml'));
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const running = runQuietly(
      { matrix, cells: expandMatrix(matrix), folder: join(folder, 'run'), isCacheRead: false },
      {
        cacheRoot: join(folder, 'cache'),
        // Not reached: the kernels come first.
        findQemu: () => new Promise(() => {}),
        hasTemplates: false,
        signal: controller.signal,
      },
    ).catch((error: unknown) => error);
    let hasEnded = false;
    void running.then(() => {
      hasEnded = true;
    });
    while (!existsSync(started) && !hasEnded) await setTimeout(POLL_MS);
    controller.abort(reason);
    expect(await running).to.equal(reason);
    const { stdout } = await execa('ps', ['-eo', 'args']);
    expect(stdout).not.to.include(`O=${folder}`);
  });
});

function readMatrix(file: string): Matrix {
  const parsed = parseMatrix(MATRIX, { file });
  if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
  return parsed.matrix;
}
