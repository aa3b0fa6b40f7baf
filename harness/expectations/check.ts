/**
 * Faults that no schema finds: names that the matrix does not have, and ranges and patterns that
 * match nothing.
 */
import { dirname } from 'node:path';
import { BOOTS } from '../events.ts';
import type { Place } from '../matrix/document.ts';
import { spanOf } from '../matrix/document.ts';
import { axesOf } from '../matrix/expand.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { matchesGlob } from '../matrix/patterns.ts';
import { listWords, type Problem, quote } from '../matrix/problem.ts';
import { suggestName } from '../matrix/suggest.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { isOutdated } from '../verdict/signature.ts';
import { isRange, looksLikeRange } from './release-range.ts';
import { fileGlobOf } from './test-pattern.ts';

const AXES = ['kernel', 'config', 'agent', 'machine'] as const;

/** What can be told without a matrix. */
export function checkExpectationsAlone(root: Place): readonly Problem[] {
  const items = [...(root.children.get('expectations')?.children.values() ?? [])];
  return items.flatMap(checkSignatures);
}

/** Works on a file with other faults, too, so that all faults are reported at once. */
export function checkExpectations(
  root: Place,
  matrix: Matrix,
  scenarios: readonly string[],
): readonly Problem[] {
  const items = [...(root.children.get('expectations')?.children.values() ?? [])];
  return [
    ...items.flatMap((item) => [
      ...checkNames(item, matrix),
      ...checkTestPatterns(wordsOf(item.children.get('tests')), scenarios),
      ...checkSignatures(item),
    ]),
    ...checkTwins(items),
    ...checkNamesOnce(items),
  ];
}

/** A pattern that matches no file can never be about a test. */
export function checkTestPatterns(
  places: readonly Place[],
  scenarios: readonly string[],
): readonly Problem[] {
  const files = [BOOTS.file, ...scenarios];
  return places.flatMap((place): Problem[] => {
    const { value } = place;
    if (typeof value !== 'string' || place.isBroken) return [];
    const glob = fileGlobOf(value);
    if (files.some((file) => matchesGlob(file, glob))) return [];
    const suggestion = suggestName(glob, [...files, ...foldersOf(scenarios)]);
    return [
      {
        code: 'UNKNOWN_NAME',
        message: `no scenario matches ${quote(glob)}`,
        expected: 'a glob of spec files below scenarios/, or boots',
        ...omitUndefined({ suggestion }),
        ...spanOf(place, 'value'),
      },
    ];
  });
}

function foldersOf(files: readonly string[]): readonly string[] {
  return [...new Set(files.map((file) => `${dirname(file)}/**`))];
}

function checkNames(item: Place, matrix: Matrix): readonly Problem[] {
  const axes = axesOf(matrix);
  return AXES.flatMap((axis) =>
    wordsOf(item.children.get('where')?.children.get(axis)).flatMap((place): Problem[] => {
      const { value } = place;
      if (typeof value !== 'string' || place.isBroken) return [];
      const span = spanOf(place, 'value');
      if (axis === 'kernel' && looksLikeRange(value)) {
        return isRange(value) ? [] : [{ ...badRange(value), ...span }];
      }
      if (axes[axis].includes(value)) return [];
      const suggestion = suggestName(value, axes[axis]);
      return [
        {
          code: 'UNKNOWN_NAME',
          message: `the matrix ${matrix.file} has no ${axis} ${quote(value)}`,
          expected: `${listWords(axes[axis])}${axis === 'kernel' ? ', or a range: ">=6.12"' : ''}`,
          ...omitUndefined({ suggestion }),
          ...span,
        },
      ];
    }),
  );
}

/** Pins nothing: what it stood for has another signature now. */
function checkSignatures(item: Place): readonly Problem[] {
  return wordsOf(item.children.get('signature')).flatMap((place): Problem[] => {
    const { value } = place;
    if (typeof value !== 'string' || place.isBroken || !isOutdated(value)) return [];
    return [
      {
        code: 'OLD_SIGNATURE',
        message: `${quote(value)} is from an earlier version of kmx and would match no crash`,
        expected:
          'the signature that a run shows now: kmx run --expectations /dev/null, then kmx expect --accept',
        ...spanOf(place, 'value'),
      },
    ];
  });
}

function badRange(word: string) {
  return {
    code: 'WRONG_VALUE',
    message: `${quote(word)} is not a range of kernel releases`,
    expected: 'comparisons with <, <=, =, >= or >, such as ">=6.12" or ">=6.12 <6.18.3"',
  } as const;
}

/** Two items about the same cells and tests: only the first would ever count. */
function checkTwins(items: readonly Place[]): readonly Problem[] {
  const seen = new Map<string, Place>();
  return items.flatMap((item): Problem[] => {
    const parts = [item.children.get('where')?.value, item.children.get('tests')?.value];
    const key = JSON.stringify(parts);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, item);
      return [];
    }
    const message = 'this item is about the same cells and tests as one above it';
    const { start: earlier } = first.span;
    return [{ code: 'DUPLICATE_ENTRY', message, ...spanOf(item, 'value'), earlier }];
  });
}

function checkNamesOnce(items: readonly Place[]): readonly Problem[] {
  const seen = new Map<string, Place>();
  return items.flatMap((item): Problem[] => {
    const place = item.children.get('name');
    if (typeof place?.value !== 'string' || place.isBroken) return [];
    const first = seen.get(place.value);
    if (first === undefined) {
      seen.set(place.value, place);
      return [];
    }
    const message = `another item above has the name ${quote(place.value)}`;
    const { start: earlier } = first.span;
    return [{ code: 'DUPLICATE_ENTRY', message, ...spanOf(place, 'value'), earlier }];
  });
}

function wordsOf(place: Place | undefined): readonly Place[] {
  if (place === undefined) return [];
  return Array.isArray(place.value) ? [...place.children.values()] : [place];
}
