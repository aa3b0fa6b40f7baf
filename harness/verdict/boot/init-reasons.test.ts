import { expect } from 'chai';
import { makeFinding } from '../finding.ts';
import { createInitReasons } from './init-reasons.ts';

const death = (status: number) =>
  makeFinding({
    class: 'kernel-panic',
    title: `Kernel panic: Attempted to kill init! (exit status ${status})`,
    source: 'console',
    start: 1000,
    end: 1100,
    excerpt: '',
  });

describe('the death of PID 1', () => {
  for (const text of [
    '/init: exec: line 12: /sbin/agent: not found',
    '/init: line 3: /bin/mount: No such file or directory',
    "switch_root: can't execute '/sbin/init': No such file or directory",
    'switch_root: failed to mount moving /dev to /sysroot/dev: Invalid argument',
    'run-init: current directory on the same filesystem as the root: error 0',
    '/sbin/init: error while loading shared libraries: libc.so.6: cannot open shared object file',
    "/sbin/init: /lib/libc.so.6: version `GLIBC_2.34' not found (required by /sbin/init)",
    'Error loading shared library libz.so.1: No such file or directory (needed by /sbin/init)',
  ]) {
    it(`is explained by what was said right before: ${text}`, () => {
      const reasons = createInitReasons();
      reasons.note({ text, from: 'program' }, 900);
      expect(reasons.explain(death(127)).title).to.equal(`${death(127).title}: ${text}`);
    });
  }

  it('is not explained by it if it comes long after, or with another status', () => {
    const reasons = createInitReasons();
    reasons.note({ text: '/init: line 3: mdev: not found', from: 'program' }, 900);
    expect(reasons.explain(death(101)).title).to.equal(death(101).title);
    const late = { ...death(127), start: 90_000 };
    expect(reasons.explain(late).title).to.equal(late.title);
  });
});
