import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { archiveOfMirror, chooseArchive, parseAptTargets } from './archive-uri.ts';

const read = (name: string) =>
  parseAptTargets(
    readFileSync(join(import.meta.dirname, 'testdata', 'apt', `${name}.txt`), 'utf8'),
  );

describe("The host's apt sources", () => {
  for (const name of ['targets', 'targets-without-lists']) {
    it(`name the archive of suites that the host uses and of others (${name})`, () => {
      const targets = read(name);
      for (const suite of ['bookworm', 'bookworm-updates', 'trixie-backports', 'sid']) {
        expect(chooseArchive(targets, suite), suite).to.equal('http://mirror.example/debian');
      }
      for (const suite of ['bookworm-security', 'trixie-security', 'buster/updates']) {
        const security = 'http://mirror.example/debian-security';
        expect(chooseArchive(targets, suite), suite).to.equal(security);
      }
    });
  }

  it('prefer the archive of the very suite', () => {
    const targets = parseAptTargets(
      [
        'http://a.example/debian/ bookworm main Debian',
        'http://b.example/d/ trixie main Debian',
      ].join('\n'),
    );
    expect(chooseArchive(targets, 'trixie')).to.equal('http://b.example/d');
    expect(chooseArchive(targets, 'forky')).to.equal('http://a.example/debian');
  });

  it('let security updates be looked for beside the main archive', () => {
    const targets = parseAptTargets('http://a.example/debian/ bookworm main Debian');
    expect(chooseArchive(targets, 'bookworm-security')).to.equal(
      'http://a.example/debian-security',
    );
  });

  it('have other things than archives of Debian in them', () => {
    const others = [
      'http://a.example/ubuntu/ jammy main Ubuntu',
      'http://a.example/ bookworm main Example Tools',
      'http://a.example/ stable main $(ORIGIN)',
      'http://a.example/debian/ bookworm contrib Debian',
      'file:/srv/packages/ ./ $(COMPONENT) $(ORIGIN)',
      'cdrom://Debian 12/ bookworm main $(ORIGIN)',
      'cdrom://Debian/ bookworm main $(ORIGIN)',
      '',
    ];
    expect(chooseArchive(parseAptTargets(others.join('\n')), 'bookworm')).to.equal(undefined);
    expect(chooseArchive([], 'bookworm-security')).to.equal(undefined);
  });

  it('do not matter if a mirror is given', () => {
    expect(archiveOfMirror('http://a.example/debian/', 'sid')).to.equal('http://a.example/debian');
    expect(archiveOfMirror('http://a.example/debian', 'trixie-security')).to.equal(
      'http://a.example/debian-security',
    );
  });
});
