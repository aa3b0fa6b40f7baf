/** The command as a user meets it: real guests, in a pseudo-terminal of 80 columns. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { quoteWord } from '../../shell-command.ts';
import { textWidth } from '../../text-width.ts';
import { startKmxRun } from '../testing/kmx-process.ts';

const KMX = fileURLToPath(new URL('../../../scripts/kmx', import.meta.url));
const COLUMNS = 80;
const CELL = 'debian-6.12+default+v1+unguarded';
// Colours, and the cursor that a display of downloads has hidden.
const ALLOWED_ESCAPES = new RegExp(
  `${String.fromCharCode(27)}\\[(?:\\d+(?:;\\d+)*m|\\?25[hl])`,
  'g',
);

const EXPECTATIONS = `expectations:
  - name: does-not-happen
    where: { kernel: debian-6.12, config: default, cgroup: v2, agent: guarded }
    tests: "cpu/quota.spec.ts: CPU quota: reaches*"
    outcome: agent-panic
    signature: s2-a93cd73b0867
    reason: it passes on v2
    expires: 2099-12-31
  - name: another-one
    where: { kernel: debian-6.12, config: default, cgroup: v1, agent: unguarded }
    tests: "cpu/quota.spec.ts: CPU quota: reaches*"
    outcome: agent-panic
    signature: s2-8774db4ff6a4
    reason: it panics elsewhere
    expires: 2099-12-31
`;

describe('kmx reproduce', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-reproduce-'));
    await writeFile(join(folder, 'expectations.yaml'), EXPECTATIONS);
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** What the terminal shows, line by line, checked for what must not be there. */
  async function reproduce(...words: readonly string[]) {
    const command = [KMX, 'reproduce', ...words, '--out', folder].map(quoteWord).join(' ');
    // script(1) of util-linux makes the terminal.
    const shell = `stty cols ${COLUMNS} rows 24; exec ${command}`;
    const { exitCode, stdout } = await execa('script', ['-qefc', shell, '/dev/null'], {
      ...{ reject: false, stdin: 'ignore', env: { FORCE_COLOR: '', NO_COLOR: '', CI: '' } },
    });
    const text = stdout.replaceAll('\r\n', '\n').replaceAll(ALLOWED_ESCAPES, '');
    expect(text).to.match(/^[\P{Cc}\n]*$/u);
    const lines = text.trimEnd().split('\n');
    for (const line of lines) expect(textWidth(line), line).to.be.at.most(COLUMNS);
    return { exitCode, lines, text };
  }

  async function traceIn(): Promise<readonly Record<string, unknown>[]> {
    const [name = ''] = (await readdir(folder)).filter((entry) => entry.startsWith('reproduce-'));
    const text = await readFile(join(folder, name, '1', 'trace.jsonl'), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  it('shows a known panic by its name: the call, the panic, and that it is the same', async () => {
    const { exitCode, lines, text } = await reproduce('panic-6.12');
    expect(exitCode, text).to.equal(0);
    expect(lines.at(-1)).to.equal('reproduced: same signature');
    expect(text).to.match(/^ +from +panic-6\.12 in expectations\.yaml:\d+$/m);
    expect(text).to.match(/^ +\d+\.\d{3} call +1 CreateContainer \{"containerId":"c1"/m);
    expect(text).to.match(/^ +\d+\.\d{3} agent +thread '.*' \(\d+\) panicked at/m);
    expect(text).to.match(/^ +\d+\.\d{3} found +agent-panic called Option::unwrap/m);
    const [begin, end] = await traceIn();
    expect(begin).to.include({ number: 1, call: 'CreateContainer', state: 'begin' });
    expect(begin).to.have.nested.property('request.OCI.Linux.Resources.CPU.Quota', '50000');
    expect(end).to.include({ number: 1, call: 'CreateContainer', state: 'lost' });
  });

  it('ends with 1 if it fails in another way, or does not fail', async () => {
    const known = ['--expectations', join(folder, 'expectations.yaml')];
    const other = await reproduce('another-one', ...known, '--until-fails', '3');
    expect(other.exitCode, other.text).to.equal(1);
    expect(other.text).to.match(/^different: agent-panic .* at\n.*unguarded\.rs:73$/m);
    expect(other.text).not.to.include('try 2');
    const none = await reproduce('does-not-happen', ...known, '--times', '2');
    expect(none.exitCode, none.text).to.equal(1);
    expect(none.text).to.match(/^ +\d+\.\d{3} call +1 CreateContainer answered after \d+ ms$/m);
    expect(none.lines.at(-1)).to.equal('did not happen (0 of 2)');
  });

  it('takes a link of a page, says that inputs are the same, and boots if asked to', async () => {
    await using run = await startKmxRun(['--only', CELL, ':CPU quota'], { reports: folder });
    const { output } = await run.ended;
    const page = join(folder, 'latest', 'index.html');
    const title = encodeURIComponent('CPU-quota-›-reaches-the-kernel-with-its-period');
    const address = `test/${encodeURIComponent(CELL)}/cpu/quota.spec.ts/${title}`;
    expect(await readFile(page, 'utf8'), output).to.include(`"#${address}"`);
    const shown = await reproduce(`file://${page}#${address}?all=on`, '--real-boot');
    expect(shown.exitCode, shown.text).to.equal(0);
    expect(shown.text).to.match(/^ +from +the run \d{8}-\d{6}-/m);
    expect(shown.text.replaceAll(/\s+/g, ' ')).to.include(': all as they were');
    expect(shown.text).to.match(/^ +console +\[ +0\.000000\] Linux version 6\.12/m);
    expect(shown.lines.at(-1)).to.equal('reproduced: same signature');
  });
});
