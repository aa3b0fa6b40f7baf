import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { findHostPid, innermostPid } from './host-pid.ts';

describe('the process id of a program in a container', () => {
  it('is the last of those that the kernel lists', () => {
    expect(innermostPid('Name:\tqemu\nNSpid:\t20248\t17\nNSpgid:\t20248\t17\n')).to.equal(17);
    expect(innermostPid('NSpid:\t20248\n')).to.equal(20248);
    expect(innermostPid('Name:\tqemu\n')).to.equal(undefined);
  });

  it('is found among the children of the process that started it', async () => {
    const child = spawn('sleep', ['100']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    expect(await findHostPid(process.pid, pid)).to.equal(pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await findHostPid(process.pid, pid)).to.equal(undefined);
  });
});
