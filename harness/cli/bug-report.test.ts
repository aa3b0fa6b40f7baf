import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { renderBug } from './bug-report.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** Runs `kmx list --json` with this code loaded before it. */
async function runBroken(code: string): Promise<{ exitCode?: number; stderr: string }> {
  const preload = `data:text/javascript,${encodeURIComponent(code)}`;
  const words = ['--import', preload, MAIN, 'list', '--json'];
  return await execa(process.execPath, words, { reject: false, env: { KMX_COMMAND: 'kmx' } });
}

const context = { version: '0.1.0', platform: 'node v24', command: 'kmx run --only 6.12' };

describe('the report of a bug', () => {
  it('asks for it to be reported, and says what to attach', () => {
    const text = renderBug(new TypeError('cell is undefined'), { ...context, folder: 'reports/a' });
    expect(text).to.match(/^kmx: this is a bug in kmx: cell is undefined\n {2}please report it/);
    expect(text).to.include('attach this output and the folder reports/a');
    expect(text).to.include('kmx run --only 6.12').and.to.include('kmx 0.1.0, node v24');
  });

  it('has the stack and the causes', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    const text = renderBug(error, context);
    expect(text)
      .to.match(/Error: outer\n +at /)
      .and.to.match(/cause\]: Error: inner/);
    expect(text).to.match(/attach this output\n/);
  });

  it('is told of whatever was thrown, with nothing in it that a terminal obeys', () => {
    expect(renderBug('\u001b[2Jplain text', context)).to.match(/in kmx: plain text\n/);
    expect(renderBug(undefined, context)).to.match(/in kmx: undefined\n/);
  });
});

describe('kmx with a bug', () => {
  it('ends with exit code 70 and a request to report it', async () => {
    const { exitCode, stderr } = await runBroken(
      'JSON.stringify = () => { throw new TypeError("no JSON") }',
    );
    expect(exitCode).to.equal(70);
    expect(stderr).to.match(/^kmx: this is a bug in kmx: no JSON\n {2}please report it/);
    expect(stderr)
      .to.match(/command: +kmx list --json\n/)
      .and.to.match(/TypeError: no JSON\n +at /);
  });

  it('does so where a promise is rejected that nobody waits for', async () => {
    const { exitCode, stderr } = await runBroken(`process.on('newListener', (name) => {
      if (name === 'uncaughtException') setImmediate(() => Promise.reject(new Error('lost')));
    })`);
    expect(exitCode).to.equal(70);
    expect(stderr).to.match(/^kmx: this is a bug in kmx: lost\n/);
  });
});
