import { expect } from 'chai';
import { Command, InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { countFrom } from './arguments.ts';

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
