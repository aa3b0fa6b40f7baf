import { expect } from 'chai';
import fc from 'fast-check';
import {
  cellAddress,
  findingAddress,
  linkTo,
  logLineAddress,
  testAddress,
} from '../../pages/report/addresses.ts';
import { parsePagePlace, pathOfTest } from '../../reproduce/page-place.ts';
import { anyText } from '../../testing/any-text.ts';

describe('links of a report’s page', () => {
  const cell = 'debian-6.12+default+v1+unguarded';

  it('lead to what they were made for', () => {
    expect(parsePagePlace(linkTo(cellAddress(cell)))).to.deep.equal({ kind: 'cell', cell });
    expect(parsePagePlace(linkTo(findingAddress('s2-1')))).to.deep.equal({
      ...{ kind: 'finding', signature: 's2-1' },
    });
    expect(parsePagePlace(linkTo(logLineAddress(cell, 2, 'console', 7)))).to.deep.equal({
      ...{ kind: 'log', cell, guest: '2' },
    });
  });

  it('to a test lead to that test, whatever its file and title are', () => {
    fc.assert(
      fc.property(anyText({ minLength: 1 }), anyText({ minLength: 1 }), (file, title) => {
        const test = { file, title };
        const place = parsePagePlace(`${linkTo(testAddress(cell, test))}?search=x`);
        expect(place).to.deep.equal({ kind: 'test', cell, path: pathOfTest(test) });
      }),
    );
  });
});
