import { expect } from 'chai';
import { type PictureOfThread, renderPicture, renderThread } from './picture-text.ts';

const WAITING: PictureOfThread = {
  id: '74',
  name: 'agent',
  state: 'S (sleeping)',
  waitsIn: 'futex_wait_queue',
  call: '202 0x55 0x89 0x0 0x0 0x0 0x0 0x7ffc 0x7f6a',
  stack: '[<0>] futex_wait_queue+0x60/0x90\n[<0>] do_futex+0xc0/0x190',
};

describe('picture of a hung guest', () => {
  it('says in one line where a thread waits, and in which system call', () => {
    expect(renderThread(WAITING)).to.equal(
      'agent 74: S (sleeping) in futex_wait_queue, system call 202',
    );
  });

  it('leaves out what is not known about a thread', () => {
    const running = { ...WAITING, state: 'R (running)', waitsIn: '0', call: 'running' };
    expect(renderThread(running)).to.equal('agent 74: R (running)');
    const gone = { ...WAITING, waitsIn: '(ENOENT: no such file)', call: '(ENOENT: gone)' };
    expect(renderThread(gone)).to.equal('agent 74: S (sleeping)');
  });

  it('has each thread with its stack, the processes, and what could not be read', () => {
    const picture = {
      agentPid: 74,
      threads: [WAITING],
      others: [{ ...WAITING, name: 'workload', id: '90' }],
      processes: [
        {
          pid: 74,
          parent: 1,
          name: 'agent',
          state: 'S',
          threads: 1,
          cgroups: ['0::/'],
          cpusAllowed: '0-1',
        },
      ],
      problems: ['sysrq w: EACCES'],
    };
    const text = renderPicture(picture);
    expect(text).to.include('\n  [<0>] do_futex+0xc0/0x190\n');
    expect(text).to.include('\n  74 of 1: agent, S, 1 threads, 0::/\n');
    expect(text).to.include('\nworkload 90: S (sleeping)');
    expect(text).to.match(/Could not be read:\nsysrq w: EACCES\n$/);
  });

  it('passes on nothing from the guest unescaped', () => {
    const hostile = { ...WAITING, name: '\u001b[2J\u0007', stack: '\u001b]0;x\u0007\n\u0000' };
    const text = renderPicture({
      agentPid: 1,
      threads: [hostile],
      others: [hostile],
      processes: [],
      problems: [],
    });
    expect(text).not.to.match(/[^\P{Cc}\n]/u);
  });
});
