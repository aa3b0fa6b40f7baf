import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Flavour } from '../../matrix/matrix.ts';
import { chooseKernels, describeSeries, type SuiteKernels } from './choose-kernel.ts';
import { parsePackageList } from './package-list.ts';

function readSuite(suite: string): SuiteKernels {
  const path = join(import.meta.dirname, 'testdata', 'packages', `${suite}.txt`);
  const packages = parsePackageList(readFileSync(path, 'utf8'));
  return { suite, archive: 'http://mirror.example/debian', packages };
}

const REFUSED = { sha256: {}, unlisted: 'refuse' } as const;

const suites = ['bookworm', 'bookworm-security', 'trixie-backports'].map(readSuite);
const choose = (series: string, flavour: Flavour = 'cloud') =>
  chooseKernels({ kind: 'debian-series', suites: [], ...REFUSED, series, flavour }, suites);
const choosePackage = (name: string) =>
  chooseKernels({ kind: 'debian-package', suites: [], ...REFUSED, package: name }, suites);
const names = (choices: readonly { readonly name: string }[]) => choices.map(({ name }) => name);

describe('The kernels of some suites', () => {
  it('are ordered by version, and those with a signature come first', () => {
    expect(names(choose('6.1'))).to.deep.equal([
      'linux-image-6.1.0-50-cloud-amd64',
      'linux-image-6.1.0-50-cloud-amd64-unsigned',
      'linux-image-6.1.0-47-cloud-amd64',
    ]);
  });

  it('of a series are not those of a series that begins alike, nor its meta package', () => {
    expect(names(choose('6.12'))).to.deep.equal([
      'linux-image-6.12.117+deb12-cloud-amd64',
      'linux-image-6.12.117+deb12-cloud-amd64-unsigned',
      'linux-image-6.12.115+deb12-cloud-amd64',
    ]);
  });

  it('have the flavour asked for', () => {
    expect(names(choose('6.1', 'rt'))).to.deep.equal(['linux-image-6.1.0-50-rt-amd64']);
    expect(names(choose('6.1', 'full'))).to.deep.equal(['linux-image-6.1.0-50-amd64']);
    expect(choose('6.12', 'rt')).to.deep.equal([]);
  });

  it('can be named by package, with or without version', () => {
    const name = 'linux-image-6.1.0-47-cloud-amd64';
    expect(names(choosePackage(name))).to.deep.equal([name]);
    expect(names(choosePackage(`${name}=6.1.170-3`))).to.deep.equal([name]);
    expect(choosePackage(`${name}=6.1.170-4`)).to.deep.equal([]);
    expect(choosePackage('linux-image-6.12-cloud-amd64')).to.deep.equal([]);
  });

  it('consist of one package up to 6.18, whatever that depends on', () => {
    const [kernel] = choose('6.18');
    expect(kernel?.packages.map(({ name }) => name)).to.deep.equal([
      'linux-image-6.18.15+deb13-cloud-amd64',
    ]);
  });

  it('consist of three packages of one version from 6.19 on', () => {
    const [kernel] = choose('7.2');
    expect(kernel?.packages).to.have.length(3);
    for (const file of kernel?.packages ?? []) {
      expect(file.name).to.match(/^linux-(base|binary|modules)-7\.2\.12\+deb13-cloud-amd64$/);
      expect(file.version).to.equal('7.2.12-1~bpo13+1');
      expect(file.sha256).to.match(/^[0-9a-f]{64}$/);
    }
  });

  it('may have packages that only the pool still knows, which nobody vouches for', () => {
    const [kernel] = choose('6.19');
    const name = 'linux-modules-6.19.14+deb13-cloud-amd64';
    expect(kernel?.packages.find((file) => file.name === name)).to.deep.equal({
      name,
      version: '6.19.14-1~bpo13+1',
      archive: 'http://mirror.example/debian',
      file: `pool/main/l/linux/${name}_6.19.14-1~bpo13+1_amd64.deb`,
      vouchedBy: 'nobody',
    });
  });

  it('are the same in two suites: the one that was named first is taken', () => {
    const twice = ['a', 'b'].map((suite) => ({ ...readSuite('bookworm'), suite }));
    const source = {
      kind: 'debian-series',
      suites: [],
      ...REFUSED,
      series: '6.1',
      flavour: 'rt',
    } as const;
    expect(chooseKernels(source, twice).map(({ suite }) => suite)).to.deep.equal(['a', 'b']);
  });

  it('are told by series, for who asked for one that is not there', () => {
    expect(describeSeries(suites, 'cloud')).to.deep.equal([
      '6.1 (6.1.170-3, 6.1.176-1)',
      '6.12 (6.12.115-2~deb12u1, 6.12.117-1~deb12u1)',
      '6.18 (6.18.15-1~bpo13+1)',
      '6.19 (6.19.14-1~bpo13+1)',
      '7.2 (7.2.12-1~bpo13+1)',
    ]);
  });
});
