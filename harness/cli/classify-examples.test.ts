import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { execa } from 'execa';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMAND = '$ scripts/kmx classify ';
const AGENT_LOG = `starting
thread 'main' panicked at p.rs:6:10:
called \`Option::unwrap()\` on a \`None\` value
`;

function readLog(name: string): Buffer {
  const whole = readFileSync(join(ROOT, `harness/verdict/testdata/console/${name}.txt`));
  return whole.subarray(whole.indexOf('\n\n') + 2);
}

/** Each block that shows the command: the words behind it, and what it prints. */
function examplesIn(file: string) {
  return readFileSync(join(ROOT, file), 'utf8')
    .split('```')
    .map((block) => block.trimStart())
    .filter((block) => block.startsWith(COMMAND))
    .map((block) => {
      const [words = '', ...lines] = block.slice(COMMAND.length).trimEnd().split('\n');
      return { words, lines };
    });
}

/** An ellipsis in an example stands for what is left out. */
function isShownBy(line: string, printed: string): boolean {
  const [beginning = '', ...rest] = line.split('…');
  const end = rest.at(-1);
  if (end === undefined) return printed === line;
  return printed.startsWith(beginning) && printed.endsWith(end);
}

describe('The examples of kmx classify', function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-examples-'));
    const write = (name: string, content: string | Uint8Array): void =>
      writeFileSync(join(folder, name), content);
    write('console.log', readLog('init-rust-panic-6.12'));
    mkdirSync(join(folder, 'artifacts/job-1'), { recursive: true });
    mkdirSync(join(folder, 'artifacts/job-2'));
    const oops = readLog('null-dereference-6.12');
    write('artifacts/job-1/serial.log.gz', gzipSync(oops));
    write('artifacts/job-1/agent.log', AGENT_LOG);
    write('artifacts/job-1/oom.log', readLog('oom-kills-6.12'));
    const { stdout: packed } = await execa('xz', ['-c'], { input: oops, encoding: 'buffer' });
    write('artifacts/job-2/serial.log.xz', packed);
    write('artifacts/job-2/boot.log', readLog('clean-boot-6.12'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [file, most] of [
    ['README.md', 1],
    ['docs/classify.md', 3],
  ] as const) {
    it(`in ${file} are what it prints today`, async () => {
      const examples = examplesIn(file);
      expect(examples).to.have.length(most);
      for (const { words, lines } of examples) {
        const main = join(ROOT, 'harness/cli/main.ts');
        const command = `"${process.execPath}" --disable-warning=ExperimentalWarning "${main}"`;
        const { stdout } = await execa('bash', ['-c', `${command} classify ${words}`], {
          ...{ cwd: folder, reject: false },
          env: { NO_COLOR: '1', FORCE_COLOR: undefined },
        });
        const printed = stdout.split('\n');
        const wrong = lines.filter((line) => !printed.some((one) => isShownBy(line, one)));
        expect(wrong, `of: classify ${words}`).to.deep.equal([]);
      }
    });
  }
});
