import { expect } from 'chai';
import fc from 'fast-check';
import { describeState, menuOf, stateOf } from './kernel-config.ts';
import { parseKernelConfig } from './parse-config.ts';
import { configOf, readRecorded } from './testing/recorded-config.ts';

/** The problems of a text, as `line:column message`. */
function problemsIn(text: string | Uint8Array): readonly string[] {
  const parsed = parseKernelConfig(text);
  if (parsed.kind === 'no-config') throw new Error(parsed.looksLike);
  return parsed.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

function looksLike(content: string | Uint8Array): string | undefined {
  const parsed = parseKernelConfig(content);
  return parsed.kind === 'no-config' ? parsed.looksLike : undefined;
}

const BACKSLASH = '\\';
const symbol = fc.stringMatching(/^[A-Z0-9_]{1,20}$/);
const text = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .filter((value) => !/[\p{Cc}\u2028\u2029]/u.test(value))
  .map((value) => `"${value.replace(/["\\]/g, (character) => BACKSLASH + character)}"`);
const value = fc.oneof(
  fc.constantFrom('y', 'm', undefined),
  fc.integer().map(String),
  fc.nat().map((number) => `0x${number.toString(16)}`),
  text,
);
const symbols = fc.uniqueArray(fc.tuple(symbol, value), {
  minLength: 1,
  selector: ([name]) => name,
});

function lineOf([name, state]: readonly [string, string | undefined]): string {
  return state === undefined ? `# CONFIG_${name} is not set` : `CONFIG_${name}=${state}`;
}

describe('the configuration of a kernel', () => {
  it('is read from what Debian ships', () => {
    const config = configOf(readRecorded('debian-6.12.config'));
    expect(config).to.include({
      version: '6.12.117',
      compiler: 'x86_64-linux-gnu-gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0',
    });
    const states = ['CPUSETS', 'CPUSETS_V1', 'MEMCG_KMEM', 'INIT_ENV_ARG_LIMIT', 'BINFMT_X'];
    expect(states.map((name) => describeState(stateOf(config, name)))).to.deep.equal([
      'y',
      'not set',
      '–',
      '32',
      '–',
    ]);
    expect(problemsIn(readRecorded('debian-6.12.config'))).to.deep.equal([]);
  });

  it('says which compiler built it even before Linux 5.8', () => {
    const comment = '#\n# Compiler: gcc (Debian 8.3.0-6) 8.3.0\n#\nCONFIG_GCC_VERSION=80300\n';
    expect(configOf(comment).compiler).to.equal('gcc (Debian 8.3.0-6) 8.3.0');
  });

  it('may end its lines as Windows does', () => {
    const unix = readRecorded('debian-6.1.config');
    expect(configOf(unix.replaceAll('\n', '\r\n'))).to.deep.equal(configOf(unix));
  });

  it('is off where it says n', () => {
    expect(describeState(stateOf(configOf('CONFIG_A=n\n'), 'A'))).to.equal('not set');
  });

  it('has for a symbol that comes twice what comes last', () => {
    const twice = 'CONFIG_A=y\n\n# CONFIG_A is not set\nCONFIG_B=m\nCONFIG_B=m\n';
    expect([...configOf(twice).symbols]).to.deep.equal([
      ['A', undefined],
      ['B', 'm'],
    ]);
    expect(problemsIn(twice)).to.deep.equal([
      '3:10 CONFIG_A is on line 1, too: the last one counts',
      '5:8 CONFIG_B is on line 4, too: the last one counts',
    ]);
  });

  it('is read as far as it is sound, and the rest is reported', () => {
    const faulty = [
      'CONFIG_GOOD=y',
      ' CONFIG_INDENTED=y',
      'CONFIG_NO-NAME=y',
      'CONFIG_NOTHING',
      'CONFIG_EMPTY=',
      'CONFIG_WORD=yes',
      'CONFIG_OPEN="a',
      'CONFIG_ESCAPE="\u001b[31m"',
      '# CONFIG_ÄÖ is not set',
      '# CONFIG_COMMENT is not set, as far as I know',
      '\u001b[2Jrm -rf',
    ];
    expect([...configOf(faulty.join('\n')).symbols]).to.deep.equal([['GOOD', 'y']]);
    const value = 'expected y, m, n, a number or a text in quotation marks, found';
    expect(problemsIn(faulty.join('\n'))).to.deep.equal([
      '2:1 expected CONFIG_…, found CONFIG_INDENTED=y',
      '3:8 expected the name of a symbol, found NO-NAME',
      '4:15 expected = and a value',
      `5:14 ${value} nothing`,
      `6:13 ${value} yes`,
      `7:13 ${value} "a`,
      `8:15 ${value} ""`,
      '9:10 expected the name of a symbol, found ÄÖ',
      '11:1 expected CONFIG_…, found rm -rf',
    ]);
  });

  it('reports so many problems, and how many there are', () => {
    const parsed = parseKernelConfig(`CONFIG_A=y\n${'?\n'.repeat(1000)}`);
    expect(parsed).to.include({ problemCount: 1000 });
    expect(parsed).to.have.property('problems').with.length(20);
  });

  it('has only so many symbols', () => {
    const lines = Array.from({ length: 100_001 }, (_, index) => `CONFIG_A${index}=y\n`).join('');
    expect(configOf(lines).symbols.size).to.equal(100_000);
    expect(problemsIn(lines)).to.deep.equal([
      '100001:8 expected at most 100000 symbols: this one is not read',
    ]);
  });

  it('may have a line of 1 GB, which is not read', function () {
    // It looks for the end of that line, which a busy host takes a while for.
    this.timeout(60_000);
    const before = 'CONFIG_A=y\n'.repeat(400);
    const after = '\nCONFIG_B=y\n';
    const content = Buffer.alloc(before.length + 1024 ** 3 + after.length);
    content.write(before);
    content.write(after, content.length - after.length);
    const parsed = parseKernelConfig(content);
    if (parsed.kind === 'no-config') throw new Error(parsed.looksLike);
    expect([...parsed.config.symbols.keys()]).to.deep.equal(['A', 'B']);
    const cut = parseKernelConfig(content.subarray(before.length - 11, content.length));
    expect(cut).to.include({ kind: 'no-config' });
  });

  it('is none without a symbol, whatever else the file is', () => {
    expect(looksLike('')).to.equal('an empty file');
    expect(looksLike('\n \r\n')).to.equal('a file of blank lines');
    expect(looksLike('{\n  "CONFIG_A": "y"\n}')).to.equal(
      'a text that begins with: { "CONFIG_A": "y" }',
    );
    expect(looksLike('\u001b[31m# nothing')).to.equal('a text that begins with: # nothing');
    expect(looksLike(Buffer.from('MZ\0\0CONFIG_A=y'))).to.equal('binary data');
  });

  it('is what was written', () => {
    fc.assert(
      fc.property(symbols, fc.constantFrom('\n', '\r\n'), (entries, end) => {
        const content = entries.map((entry) => lineOf(entry) + end).join('');
        expect([...configOf(content).symbols]).to.deep.equal(entries);
        expect(problemsIn(content)).to.deep.equal([]);
      }),
    );
  });

  it('is sound whatever the file holds', () => {
    const recorded = Buffer.from(readRecorded('debian-6.12.config'));
    const change = fc.record({
      at: fc.nat(recorded.length),
      bytes: fc.uint8Array({ maxLength: 20 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 10 }), (changes) => {
        const content = Buffer.from(recorded);
        for (const { at, bytes } of changes)
          content.set(bytes.subarray(0, content.length - at), at);
        const parsed = parseKernelConfig(content);
        if (parsed.kind === 'no-config') return;
        expect(parsed.problems.length).to.be.at.most(20);
        for (const name of parsed.config.symbols.keys()) {
          expect(name).to.match(/^\w{1,128}$/);
          expect(menuOf(parsed.config, name).length).to.be.at.most(17);
        }
      }),
    );
  });
});
