import { expect } from 'chai';
import { createConsoleTriage } from '../console-triage.ts';

const STAMP = '[   12.500000] ';
const PANIC = 'Kernel panic - not syncing: sysrq triggered crash';
const DEATH = 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00006500';

function titlesOf(text: string): readonly string[] {
  const triage = createConsoleTriage();
  const bytes = Buffer.from(`${STAMP}${text}\n`, 'latin1');
  return [...triage.push(bytes), ...triage.end()].map(({ title }) => title);
}

function positions(text: string, end = text.length): readonly number[] {
  return [...text.slice(0, end)].map((_, at) => at);
}

describe('a panic that is garbled', () => {
  for (const [what, bytes] of [
    ['a control character', '\0'],
    ['several of them', '\0\x01\0'],
    ['a byte that is no text', '\xff'],
    ['several of them', '\xfe\xff\xfe'],
  ] as const) {
    it(`by ${what} is the same, wherever that is`, () => {
      for (const at of positions(PANIC)) {
        const text = `${PANIC.slice(0, at)}${bytes}${PANIC.slice(at)}`;
        expect(titlesOf(text), text).to.deep.equal(['Kernel panic: sysrq triggered crash']);
      }
    });
  }

  it('by a wrong letter is a panic, wherever that is after the first one', () => {
    for (const at of positions(PANIC).slice(1)) {
      const text = `${PANIC.slice(0, at)}X${PANIC.slice(at + 1)}`;
      const [title, ...others] = titlesOf(text);
      expect(title, text).to.match(/^Kernel panic: /);
      expect(others).to.deep.equal([]);
    }
  });

  it('by a wrong letter is still the death of PID 1 if the exit code is whole', () => {
    for (const at of positions(DEATH, DEATH.indexOf('exitcode'))) {
      const text = `${DEATH.slice(0, at)}X${DEATH.slice(at + 1)}`;
      expect(titlesOf(text), text).to.deep.equal([
        'Kernel panic: Attempted to kill init! (exit status 101)',
      ]);
    }
  });

  it('is not seen in a line that quotes or mentions one', () => {
    for (const text of [
      `echo "${PANIC}"`,
      `Kernel command line: panic=1 "${PANIC}"`,
      '---[ end Kernel panic - not syncing: sysrq triggered crash ]---',
      'test: child died, exitcode=0x00006500',
      'Kernel panic - the option panic= is for this',
    ]) {
      expect(titlesOf(text), text).to.deep.equal([]);
    }
  });
});
