/** Why there is no such kernel, with what there is instead. */
import { InfraError, UsageError } from '../../errors.ts';
import {
  type DebianPackageSource,
  type DebianSeriesSource,
  type DebianSource,
  FLAVOURS,
} from '../../matrix/matrix.ts';
import {
  chooseKernels,
  describeSeries,
  type KernelChoice,
  type SuiteKernels,
} from './choose-kernel.ts';

export function noKernel(source: DebianSource, suites: readonly SuiteKernels[]): UsageError {
  const where = suites.map(({ suite }) => suite).join(', ');
  switch (source.kind) {
    case 'debian-package':
      return noPackage(source, suites, where);
    case 'debian-series':
      return noSeries(source, suites, where);
  }
}

function noPackage(
  source: DebianPackageSource,
  suites: readonly SuiteKernels[],
  where: string,
): UsageError {
  const names = suites.flatMap(({ packages }) => packages.map(({ name }) => name));
  const isImage = (name: string) => /^linux-image-.*amd64$/.test(name);
  const images = [...new Set(names.filter(isImage))].sort();
  return new UsageError(`${source.package}: no such kernel package in ${where}`, {
    code: 'NO_KERNEL',
    remedy:
      'name one with its version (no meta package), or a series; ' +
      `there are: ${images.join(', ') || 'none'}`,
  });
}

function noSeries(
  source: DebianSeriesSource,
  suites: readonly SuiteKernels[],
  where: string,
): UsageError {
  const series = describeSeries(suites, source.flavour);
  const others = FLAVOURS.filter(
    (flavour) =>
      flavour !== source.flavour && chooseKernels({ ...source, flavour }, suites).length > 0,
  );
  const hint = others.length > 0 ? `; ${source.series} has flavour ${others.join(' and ')}` : '';
  return new UsageError(`no ${source.flavour} kernel of series ${source.series} in ${where}`, {
    code: 'NO_KERNEL',
    remedy: `there are: ${series.join(', ') || 'none'}${hint}`,
  });
}

export function notKept(choices: readonly KernelChoice[]): InfraError {
  const [best] = choices;
  return new InfraError(`offline, and ${best?.name} ${best?.version} was not fetched before`, {
    code: 'OFFLINE',
    remedy: 'run once with the network, without --offline',
  });
}
