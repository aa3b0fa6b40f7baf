/** Whose line it is: what several programs, containers and guests print is not mixed up. */
import { expect } from 'chai';
import { createAgentTriage } from './agent-triage.ts';
import { createConsoleTriage } from './console-triage.ts';
import type { Triage } from './triage.ts';

const titles = (create: () => Triage, ...lines: readonly string[]): readonly string[] => {
  const one = create();
  return [...one.push(Buffer.from(lines.map((line) => `${line}\n`).join(''))), ...one.end()].map(
    ({ title }) => title,
  );
};

const HEADER = "thread 'main' (9) panicked at src/main.rs:7:1:";
const DEATH = 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00006500';

describe('the writers of lines', () => {
  it('are told apart by the names of containers', () => {
    expect(
      titles(
        createAgentTriage,
        `web-1  | ${HEADER}`,
        `db-1   | ${HEADER.replace('main.rs', 'db.rs')}`,
        'web-1  | no room',
        'db-1   | no table',
      ),
    ).to.deep.equal(['no room at src/main.rs:7', 'no table at src/db.rs:7']);
  });

  it('are told apart by the tags of the journal', () => {
    expect(
      titles(
        createAgentTriage,
        `Mar 03 01:02:03 vm app[7]: ${HEADER}`,
        `Mar 03 01:02:03 vm app[8]: ${HEADER.replace('main.rs', 'other.rs')}`,
        'Mar 03 01:02:03 vm kernel: eth0: link up',
        'Mar 03 01:02:03 vm app[8]: no table',
        'Mar 03 01:02:03 vm app[7]: no room',
      ),
    ).to.deep.equal(['no table at src/other.rs:7', 'no room at src/main.rs:7']);
  });

  it('are bounded in number: the one that wrote longest ago is closed', () => {
    const lines = Array.from({ length: 200 }, (_, at) => `app-${at}  | ${HEADER}`);
    const one = createAgentTriage();
    const found = one.push(Buffer.from(`${lines.join('\n')}\n`));
    expect(found.map(({ title }) => title)).to.deep.equal([
      'panic without a message at src/main.rs:7',
    ]);
  });

  it('are guests, each with a kernel of its own', () => {
    const guest = (at: number, text: string) => `guest-${at}  | ${text}`;
    expect(
      titles(
        createConsoleTriage,
        guest(1, '[    0.000000] Linux version 6.12.0'),
        guest(2, '[    0.000000] Linux version 6.1.0'),
        guest(1, '[    5.000000] BUG: kernel NULL pointer dereference, address: 0'),
        guest(2, '[    5.000000] WARNING: CPU: 0 PID: 1 at mm/x.c:1 charge+0x1/0x2'),
        guest(1, '[    5.000001] RIP: 0010:cpuset_attach+0x1/0x2'),
        guest(2, '[    5.000001] ---[ end trace 0000000000000000 ]---'),
        guest(1, '[    5.000002] ---[ end trace 0000000000000000 ]---'),
      ),
    ).to.deep.equal(['WARNING in charge', 'BUG: kernel NULL pointer dereference in cpuset_attach']);
  });
});

describe('a program’s words about a kernel', () => {
  it('are not the kernel’s where a log tags the kernel’s lines', () => {
    const kernel = 'Mar 03 01:02:03 vm kernel: eth0: link up';
    const forged = 'Kernel panic - not syncing: I am a program';
    for (const line of [forged, `Mar 03 01:02:03 vm app[7]: ${forged}`]) {
      expect(titles(createConsoleTriage, kernel, line)).to.deep.equal([]);
    }
    expect(
      titles(createConsoleTriage, '[Tue Mar  3 01:02:03 2026] eth0: link up', forged),
    ).to.deep.equal([]);
    expect(
      titles(createConsoleTriage, kernel, `Mar 03 01:02:03 vm kernel: ${forged}`),
    ).to.have.length(1);
  });

  it('are not the kernel’s where the kernel stamps its lines, whatever the tag', () => {
    const stamped = 'Mar 03 01:02:03 vm kernel: [    1.000000] eth0: link up';
    const tagged = 'Mar 03 01:02:03 vm kernel: Kernel panic - not syncing: I am a program';
    expect(titles(createConsoleTriage, stamped, tagged)).to.deep.equal([]);
  });

  it('are not the kernel’s in /dev/kmsg, either', () => {
    const line = '[    5.000000] app[7]: Kernel panic - not syncing: I am a program';
    expect(titles(createConsoleTriage, line)).to.deep.equal([]);
  });

  it('are the kernel’s where a program runs a guest and logs its console', () => {
    const line = 'Mar 03 01:02:03 host qemu-system-x86_64[7]: Kernel panic - not syncing: x';
    expect(
      titles(createConsoleTriage, 'Mar 03 01:02:03 host kernel: eth0: link up', line),
    ).to.deep.equal(['Kernel panic: x']);
  });
});

describe('a program that dies in a kernel’s log', () => {
  it('explains the death of init with a tag, and without one in /dev/kmsg', () => {
    for (const tag of ['app[1]: ', '']) {
      expect(
        titles(
          createConsoleTriage,
          `[    5.000000] ${tag}${HEADER}`,
          '[    5.000001] eth0: link up'.repeat(tag === '' ? 0 : 1),
          `[    5.000002] ${tag}no room`,
          `[    5.000003] ${DEATH}`,
        ),
      ).to.deep.equal([
        'no room at src/main.rs:7',
        'Kernel panic: Attempted to kill init! (exit status 101)',
      ]);
    }
  });

  it('has the same signature behind every date', () => {
    const signatures = ['Mar 03 01:02:03', 'Apr 13 21:02:03'].map((date) => {
      const one = createAgentTriage();
      const lines = [HEADER, 'no room'].map((text) => `${date} vm app[77]: ${text}\n`);
      return one.push(Buffer.from(lines.join(''))).map(({ signature }) => signature);
    });
    expect(signatures[0]).to.have.length(1);
    expect(signatures[1]).to.deep.equal(signatures[0]);
  });

  it('keeps a tag out of the title of a fault', () => {
    const fault = 'app[77]: segfault at 0 ip 40 sp 70 error 4 in app[400000+1000]';
    for (const before of [
      'Mar 03 01:02:03 vm kernel: ',
      'Mar 03 01:02:03 vm ',
      '[    5.000000] ',
    ]) {
      expect(titles(createConsoleTriage, before + fault)).to.deep.equal([
        'segfault of program app in app',
      ]);
    }
  });

  it('is found where a colour ends within the words that begin a report', () => {
    const line =
      '\x1b[32m[Tue Mar  3 01:02:03 2026] \x1b[0m\x1b[33mINFO: \x1b[0mtask sh:92 blocked for more than 30 seconds.';
    expect(titles(createConsoleTriage, '[Tue Mar  3 01:02:03 2026] a', line)).to.have.length(1);
  });
});
