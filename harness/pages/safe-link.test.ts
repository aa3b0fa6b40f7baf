import { expect } from 'chai';
import { safeLink } from './safe-link.ts';

describe('A link of the user’s', () => {
  it('leads to the web', () => {
    expect(safeLink('https://example.org/a b')).to.equal('https://example.org/a%20b');
  });

  it('is text if it leads anywhere else', () => {
    for (const text of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      '//host',
      'https://',
      'see #12',
    ])
      expect(safeLink(text), text).to.equal(undefined);
  });
});
