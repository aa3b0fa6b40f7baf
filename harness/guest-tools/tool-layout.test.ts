import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { launcherOf } from './tool-layout.ts';

describe('the script that starts a tool', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-tools-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('passes its arguments on as they are, to the program and the libraries beside it', async () => {
    // In place of the loader: prints each word that it gets.
    const loader = join(folder, 'print-words');
    await writeFile(loader, `#!/bin/sh\nprintf '<%s>' "$@"\n`, { mode: 0o755 });
    const [first, ...rest] = launcherOf('strace', 'ld-linux-x86-64.so.2').split('\n');
    expect(first).to.equal('#!/run/kmx/tools/bin/busybox sh');
    const script = rest.join('\n').replace('/run/kmx/tools/lib/ld-linux-x86-64.so.2', loader);
    const words = ['-e', 'trace=a b', '$HOME', ''];
    const printed = execFileSync('sh', ['-c', script, 'strace', ...words], { encoding: 'utf8' });
    expect(printed).to.equal(
      '<--library-path></run/kmx/tools/lib></run/kmx/tools/libexec/strace>' +
        '<-e><trace=a b><$HOME><>',
    );
  });
});
