import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { execa } from 'execa';
import { classificationSchema } from '../classify/classification.ts';
import { textWidth } from '../text-width.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const NODE = [process.execPath, '--disable-warning=ExperimentalWarning', MAIN];
const PANIC = "thread 'main' (7) panicked at src/a.rs:3:5:\nboom\n";
const OOPS = readLog('console/null-dereference-6.12.txt');
const CLEAN = readLog('console/clean-boot-6.12.txt');
const OOM_KILLS = readLog('console/oom-kills-6.12.txt');

function readLog(name: string): Buffer {
  const whole = readFileSync(new URL(`../verdict/testdata/${name}`, import.meta.url));
  return whole.subarray(whole.indexOf('\n\n') + 2);
}

describe('kmx classify', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-classify-'));
    mkdirSync(join(folder, 'logs/deep'), { recursive: true });
    mkdirSync(join(folder, 'empty'));
    mkdirSync(join(folder, 'single'));
    write('panic.log', PANIC);
    write('oops.log', OOPS);
    write('clean.log', CLEAN);
    write('oom.log', OOM_KILLS);
    write('logs/one.log', PANIC);
    write('logs/deep/two.log.gz', gzipSync(`a line before\n${PANIC}`));
    write('logs/clean.txt', CLEAN);
    write('logs/picture.bin', Buffer.alloc(1000));
  });
  after(() => rmSync(folder, { recursive: true }));

  const write = (name: string, content: string | Uint8Array): void =>
    writeFileSync(join(folder, name), content);

  async function kmx(
    words: readonly string[],
    { input = '' }: { readonly input?: string | Uint8Array } = {},
  ) {
    const [node = '', ...options] = NODE;
    const { stdout, stderr, exitCode } = await execa(node, [...options, 'classify', ...words], {
      ...{ cwd: folder, input, reject: false },
      env: { NO_COLOR: '1', FORCE_COLOR: undefined },
    });
    return { stdout, stderr, exitCode, lines: stdout.split('\n') };
  }

  /** The same on a terminal of that many columns. */
  async function onTerminal(words: string, columns: number): Promise<readonly string[]> {
    const command = `stty cols ${columns}; KMX='${NODE.join(' ')} classify'; $KMX ${words}`;
    const { stdout } = await execa('script', ['-qec', command, '/dev/null'], {
      ...{ cwd: folder, reject: false },
      env: { NO_COLOR: undefined, FORCE_COLOR: undefined },
    });
    return stdout.split('\r\n');
  }

  it('says the worst first, then the log, then each finding with its lines; a crash is 1', async () => {
    const { lines, stdout, exitCode } = await kmx(['oops.log']);
    expect(exitCode).to.equal(1);
    expect(lines[0]).to.equal(
      'kernel-oops BUG: kernel NULL pointer dereference in sysrq_handle_showmem',
    );
    expect(lines[2]).to.match(/^oops\.log: Linux 6\.12\.\S+, x86_64, QEMU .*, \d+ lines$/);
    expect(lines[3]).to.contain('--stream agent');
    expect(stdout).to.match(/signature +s\d+-[0-9a-f]{12}\n +where +lines 11 to \d+\n/);
    expect(stdout).to.contain('11 │ BUG: kernel NULL pointer dereference');
    // The stack matters more than registers.
    expect(stdout)
      .to.match(/│ RIP: 0010:sysrq_handle_showmem/)
      .and.match(/│ +write_sysrq_trigger\+/);
    expect(stdout).not.to.match(/│ (?:Code|RAX|R10|CR2|CS|FS):/);
  });

  it('shows what led to a panic that names it: once in the first line, and with its own lines', async () => {
    write('both.log', readLog('console/panic-on-oops-6.12.txt'));
    const { lines, stdout } = await kmx(['both.log']);
    expect(lines[0]).to.match(/^kernel-panic Kernel panic: [\w ]+, after BUG: .*showmem$/);
    expect(stdout).to.match(/^kernel-oops BUG: (?:.*\n){4} {2}led to +kernel-panic Kernel panic/m);
    const both = await kmx(['both.log', 'clean.log']);
    expect(both.stdout).to.match(/ {2}where +both\.log, lines \d+ to \d+.*; what led to it: lines/);
    expect(both.stdout).to.contain('│ BUG: ');
  });

  it('finds nothing in a log of a boot, says how far it came, and what it passed over', async () => {
    const { lines, stdout, exitCode } = await kmx(['clean.log']);
    expect(exitCode).to.equal(0);
    expect(lines[0]).to.equal('nothing recognised');
    expect(stdout).to.contain('booted as far as init').and.contain('passed over: ');
  });

  it('does not take what happened to programs for a crash', async () => {
    const { lines, exitCode } = await kmx(['oom.log']);
    expect(exitCode).to.equal(0);
    expect(lines[0]).to.equal('no crash: 2 notes on what happened to programs');
  });

  it('shows few of the lines that it passed over, and the most suspicious of them', async () => {
    const words = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');
    const errors = words.map((word) => `error: ${word}\n`).join('');
    const alarms = words.map((word) => `fatal: ${word}\nfatal: ${word}\n`).join('');
    const { lines, stdout } = await kmx([], { input: errors + alarms });
    expect(lines.filter((line) => line.includes('│ error: '))).to.have.length(5);
    expect(lines.filter((line) => line.includes('│ fatal: '))).to.have.length(10);
    expect(stdout).to.contain('passed over: 24 different lines');
    expect(stdout).to.match(/13 │ fatal: one\n +the first of 2 such lines\n/);
    expect(stdout).to.contain('… 9 more lines: --json lists them');
  });

  it('says so if there is nothing to look at', async () => {
    expect((await kmx([])).lines[0]).to.equal('nothing recognised: the log is empty');
    const report = '<testsuite name="all"><testcase name="one"/></testsuite>';
    const { stdout, exitCode } = await kmx([], { input: report });
    expect(exitCode).to.equal(0);
    expect(stdout).to.contain('nothing recognised: the JUnit report has no failures');
  });

  it('warns that a file is no text, since nothing found in it means nothing', async () => {
    const { lines, stderr, exitCode } = await kmx([], { input: Buffer.alloc(1000, 1) });
    expect(exitCode).to.equal(2);
    expect(lines[0]).to.equal('nothing recognised');
    expect(stderr).to.contain(
      'standard input: expected the text of a log, found mostly binary data',
    );
    const garbled = Buffer.concat([Buffer.alloc(1000), Buffer.from(`\n${PANIC}`)]);
    expect(await kmx([], { input: garbled })).to.include({ exitCode: 1, stderr: '' });
  });

  it('reads standard input, where nothing else is named or it is', async () => {
    for (const words of [[], ['-']]) {
      const { stdout, exitCode } = await kmx(words, { input: PANIC });
      expect(exitCode).to.equal(1);
      expect(stdout).to.contain('standard input: ').and.contain('lines 1 to 2');
    }
  });

  it('lists what several logs have in common, of a folder at any depth', async () => {
    const { lines, stdout, exitCode } = await kmx(['logs']);
    expect(exitCode).to.equal(1);
    expect(lines[0]).to.equal('1 crash in 2 of 3 logs: agent-panic boom at src/a.rs:3');
    expect(lines[2]).to.match(/^agent-panic {2}boom at src\/a\.rs:3 {2}s\d-\S+ {2}2 logs$/);
    expect(stdout).to.match(/^ {2}where +logs\/deep\/two\.log\.gz, lines 2 to 3$/m);
    expect(lines.slice(3, 5)).to.deep.equal(['  logs/deep/two.log.gz:2', '  logs/one.log:1']);
    expect(stdout).to.contain('nothing recognised in 1 log');
    expect(stdout).to.contain('skipped: 1 file');
    write('single/data.bin', Buffer.alloc(1000));
    write('single/one.log', PANIC);
    expect((await kmx(['single'])).lines.at(-1)).to.equal('skipped: 1 file of other kinds');
  });

  it('says what cannot be read, and classifies the rest; only then a crash is 1', async () => {
    const bad = await kmx(['nowhere.log', 'clean.log']);
    expect(bad.exitCode).to.equal(2);
    expect(bad.stderr).to.equal('kmx: nowhere.log: there is no such file\n  check the name');
    expect(bad.lines[0]).to.equal('nothing recognised');
    expect((await kmx(['nowhere.log', 'panic.log'])).exitCode).to.equal(1);
    const empty = await kmx(['empty']);
    expect(empty).to.include({ exitCode: 2, stdout: '' });
    expect(empty.stderr).to.contain('expected logs in this folder, found none');
    const cut = await kmx(['-'], { input: gzipSync(CLEAN).subarray(0, 99) });
    expect(cut.exitCode).to.equal(2);
    expect(cut.stderr).to.contain('expected whole gzip data');
  });

  it('refuses wrong usage, with an example', async () => {
    expect(await kmx([''])).to.include({ exitCode: 2 });
    const { exitCode, stderr } = await kmx(['--stream', 'stderr', 'panic.log']);
    expect(exitCode).to.equal(2);
    expect(stderr).to.contain('console, agent');
    const terminal = await onTerminal('', 80);
    expect(terminal[0]).to.contain('found a terminal');
    expect(terminal[1]).to.contain('dmesg | kmx classify');
  });

  it('prints JSON by its schema, also of what it could not read', async () => {
    for (const words of [['oops.log', 'logs', 'nowhere'], ['nowhere']]) {
      const { stdout, stderr, exitCode } = await kmx([...words, '--json']);
      const { worst, files, unread } = classificationSchema.parse(JSON.parse(stdout));
      expect(stderr).to.equal('kmx: nowhere: there is no such file\n  check the name');
      expect(unread.map(({ file }) => file)).to.deep.equal(['nowhere']);
      expect({ worst, exitCode }).to.deep.equal(
        words.length === 1
          ? { worst: 'nothing', exitCode: 2 }
          : { worst: 'kernel-oops', exitCode: 1 },
      );
      expect(files).to.have.length(words.length === 1 ? 0 : 4);
    }
  });

  it('looks crashes up in the expectations of the folder, and says which entry it is', async () => {
    const [, signature = ''] = /signature +(\S+)/.exec((await kmx(['panic.log'])).stdout) ?? [];
    const entry = (pinned: string): string => `expectations:
  - where: { kernel: nobody-knows-it }
    outcome: agent-panic
    signature: ${pinned}
    reason: it is known
    expires: 2099-12-31
`;
    write('expectations.yaml', entry(signature));
    try {
      const known = await kmx(['panic.log']);
      expect(known.exitCode).to.equal(1);
      expect(known.stdout).to.contain(
        'expectations.yaml:2: agent-panic of kernel nobody-knows-it;',
      );
      expect(known.stdout).to.contain('it is known; until 2099-12-31');
      write('other.yaml', entry(signature.replace(/.$/, signature.endsWith('0') ? '1' : '0')));
      const unknown = await kmx(['panic.log', '--expectations', 'other.yaml']);
      expect(unknown.stdout)
        .to.match(/expected +no: no entry/)
        .and.contain(`--accept ${signature}`);
      write('expectations.yaml', entry(signature.replace(/^s\d+/, 's1')));
      expect((await kmx(['panic.log'])).stderr).to.contain('earlier version of kmx');
      write('expectations.yaml', 'expectations: 7\n');
      const faulty = await kmx(['panic.log']);
      expect(faulty.exitCode).to.equal(1);
      expect(faulty.stderr).to.contain('classified without it');
      const asked = await kmx(['panic.log', '--expectations', 'expectations.yaml']);
      expect(asked).to.include({ exitCode: 2, stdout: '' });
    } finally {
      rmSync(join(folder, 'expectations.yaml'));
    }
  });

  it('fits on a terminal of any usual width, with colours and whole words', async () => {
    for (const columns of [60, 80, 132]) {
      const coloured = await onTerminal('oops.log; $KMX clean.log; $KMX logs oops.log', columns);
      const lines = coloured.map(stripVTControlCharacters);
      expect(lines).to.have.length.above(50);
      expect(coloured).not.to.deep.equal(lines);
      const tooLong = lines.filter((line) => textWidth(line) > columns);
      expect(tooLong, `in ${columns} columns`).to.deep.equal([]);
    }
  });

  it('shows titles whole on a narrow terminal, below each other', async () => {
    const text = 'one two three four five six seven eight nine ten';
    write('long.log', PANIC.replace('boom', text));
    const lines = (await onTerminal('long.log panic.log', 60)).map(stripVTControlCharacters);
    const row = lines.findIndex((line) => line.startsWith('agent-panic   one'));
    expect(lines.slice(row, row + 2)).to.deep.equal([
      'agent-panic   one two three four five six seven eight nine',
      '              ten at src/a.rs:3',
    ]);
    expect(lines[row + 2]).to.match(/^ {14}s\d+-[0-9a-f]{12} {2}1 log$/);
    expect(lines[row + 3]).to.equal('  long.log:1');
  });

  it('ends quietly if its reader has gone away', async () => {
    const command = `${NODE.join(' ')} classify logs logs/one.log oops.log | head -n 1`;
    const { stdout, stderr, exitCode } = await execa('sh', ['-c', command], { cwd: folder });
    expect({ stderr, exitCode }).to.deep.equal({ stderr: '', exitCode: 0 });
    expect(stdout).to.contain('2 different crashes');
  });

  it('lets nothing of a log reach a terminal raw', async () => {
    const evil = '\x1b]0;title\x07\x1b[2J\x9b31m\u202e::error::x';
    write(
      'evil\x1b[2J.log',
      `thread 'main' panicked at src/${evil}a.rs:3:5:\nb${evil}oom\nfatal ${evil}\n`,
    );
    for (const words of [['evil\x1b[2J.log'], ['evil\x1b[2J.log', 'panic.log'], ['evil\x1b[2J']]) {
      for (const format of [[], ['--json']]) {
        const { stdout, stderr } = await kmx([...words, ...format]);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
        expect(stdout + stderr).not.to.match(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]|^::/m);
      }
    }
  });
});
