import { expect } from 'chai';
import { Command, InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { countFrom, parseDuration } from './arguments.ts';

describe('a count on the command line', () => {
  it('is a whole number within its bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), (count) => {
        expect(countFrom(0)(String(count))).to.equal(count);
      }),
    );
    expect(countFrom(1)('1')).to.equal(1);
  });

  for (const text of ['', 'x', '-1', '1.5', '1e3', '0x10', ' 1', '10000', 'NaN']) {
    it(`is not to be read from ${JSON.stringify(text)}`, () => {
      expect(() => countFrom(0)(text)).to.throw(InvalidArgumentError, 'from 0 to 9999');
    });
  }

  it('is not below its least value', () => {
    expect(() => countFrom(1)('0')).to.throw(InvalidArgumentError, 'from 1 to 9999');
  });

  it('is refused with the option, what was found and what was expected', () => {
    const said: string[] = [];
    const command = new Command('kmx')
      .exitOverride()
      .configureOutput({ writeErr: (text) => said.push(text) })
      .option('--jobs <n>', 'how many', countFrom(1));
    expect(() => command.parse(['--jobs', 'all'], { from: 'user' })).to.throw();
    expect(said.join('')).to.match(
      /'--jobs <n>' argument 'all' .* Expected a whole number from 1 to 9999\./,
    );
  });
});

describe('an option that takes a time', () => {
  it('has units', () => {
    const found = ['90s', '45m', '2h', '1h30m', '1h1m1s', '500h'].map(parseDuration);
    expect(found).to.deep.equal([
      ...[90_000, 2_700_000, 7_200_000, 5_400_000, 3_661_000, 1_800_000_000],
    ]);
  });

  it('refuses everything else, with what is expected', () => {
    const bad = ['', '0s', '2', '2d', '2 h', '-1h', '1.5h', '30m1h', '501h', '1e3s', '9999999999s'];
    for (const text of bad) {
      expect(() => parseDuration(text), text).to.throw(
        /^Expected a time in s, m or h, such as 90s/,
      );
    }
  });
});
