/** Building blocks of the schema: zod types with checks that zod itself does not have. */
import { z } from 'zod';
import { omitUndefined } from '../omit-undefined.ts';
import { type ProblemCode, quote } from './problem.ts';

type Path = readonly (string | number)[];

/** Details of a check besides its message. Carried in the `params` of zod's issue. */
export interface CheckDetails {
  readonly code: ProblemCode;
  /** Point at the key of the value, not at the value. */
  readonly atKey?: boolean;
  readonly expected?: string;
  readonly suggestion?: string;
  /** Key or index of the other half of the fault, a sibling of this value. */
  readonly earlier?: string | number;
  /** The keys, one of which is missing. */
  readonly missing?: readonly string[];
}

type Report = (path: Path, message: string, details: CheckDetails) => void;

/** Adds a check that also runs if parts of the value are faulty: no fault hides another. */
export function addCheck<T extends z.ZodType>(
  schema: T,
  run: (value: object, report: Report) => void,
): T {
  const isList = schema instanceof z.ZodArray;
  return schema.superRefine(
    (value, context) => {
      run(value as object, (path, message, details) => {
        const params = { ...details };
        context.addIssue({ code: 'custom', path: [...path], message, params });
      });
    },
    {
      when: ({ value }) =>
        typeof value === 'object' && value !== null && Array.isArray(value) === isList,
    },
  );
}

interface MapRules {
  /** What an entry is called, for messages. */
  readonly word: string;
  readonly least: 0 | 1;
  readonly pattern: RegExp;
  /** The pattern in words. */
  readonly expected: string;
}

/** A mapping whose keys have a form. */
export function mapOf<T extends z.ZodType>(value: T, { word, least, pattern, expected }: MapRules) {
  const map = addCheck(z.record(z.string(), value), (entries, report) => {
    const keys = Object.keys(entries);
    if (keys.length < least) {
      const details = { code: 'EMPTY', atKey: true, expected: `one ${word} or more` } as const;
      report([], `there is no ${word}`, details);
    }
    for (const key of keys.filter((text) => !pattern.test(text))) {
      const article = /^[aeiou]/.test(word) ? 'an' : 'a';
      const message = `${quote(key)} cannot be the name of ${article} ${word}`;
      const suggestion = suggestForm(key, pattern);
      report([key], message, { code: 'BAD_NAME', atKey: true, expected, ...suggestion });
    }
  });
  return map.meta({ propertyNames: { pattern: pattern.source }, minProperties: least });
}

function suggestForm(text: string, pattern: RegExp): Pick<CheckDetails, 'suggestion'> {
  const joined = text.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[._-]+|-+$/g, '');
  const suggestion = [joined, joined.toLowerCase()].find((candidate) => pattern.test(candidate));
  return omitUndefined({ suggestion });
}

/** A mapping from names to values. The names become parts of cell ids and file names. */
export function namedValues<T extends z.ZodType>(value: T, word: string, least: 0 | 1) {
  const expected =
    'small letters, digits, ".", "_" and "-", with a letter or digit first, 60 at most';
  return mapOf(value, { word, least, pattern: /^[a-z0-9][a-z0-9._-]{0,59}$/, expected });
}

/** A mapping from names of environment variables to values. */
export function variables<T extends z.ZodType>(value: T) {
  const expected = 'letters, digits and "_", with no digit first';
  return mapOf(value, { word: 'variable', least: 0, pattern: /^[A-Za-z_]\w*$/, expected });
}

/** A mapping from names of Debian packages to values. */
export function packages<T extends z.ZodType>(value: T) {
  const expected = 'the name of a package of a kernel, such as "linux-modules-7.1.13-cloud-amd64"';
  return mapOf(value, { word: 'package', least: 0, pattern: /^linux-[a-z0-9.+~-]+$/, expected });
}

/** A list without duplicates. */
export function setOf<T extends z.ZodType>(item: T) {
  const list = addCheck(z.array(item), (value, report) => {
    const seen = new Map<unknown, number>();
    for (const [index, entry] of (value as readonly unknown[]).entries()) {
      const first = seen.get(entry);
      if (first === undefined) seen.set(entry, index);
      else if (typeof entry === 'string') {
        const message = `${quote(entry)} is listed twice`;
        report([index], message, { code: 'DUPLICATE_ENTRY', earlier: first });
      }
    }
  });
  return list.meta({ uniqueItems: true });
}

/** One value, or a list of them. */
export function oneOrMore<T extends z.ZodType>(item: T) {
  return z.union([item, setOf(item).min(1)]);
}

/** A mapping that needs exactly one of several keys. */
export function exactlyOne<T extends z.ZodObject>(schema: T, keys: readonly string[]): T {
  const expected = `exactly one of ${keys.join(', ')}`;
  const checked = addCheck(schema, (value, report) => {
    const [first, ...others] = Object.keys(value).filter((key) => keys.includes(key));
    if (first === undefined) {
      const message = `one of ${keys.join(', ')} is missing`;
      report([], message, { code: 'MISSING_KEY', atKey: true, expected, missing: keys });
    } else {
      for (const other of others) {
        const message = `"${first}" and "${other}" exclude each other`;
        report([other], message, { code: 'CONFLICT', atKey: true, expected, earlier: first });
      }
    }
  });
  return checked.meta({ oneOf: keys.map((key) => ({ required: [key] })) });
}

/** Text of a certain form. `expected` is shown to users who wrote something else. */
export function textOf(expected: string, pattern: RegExp) {
  return z.string().regex(pattern, expected);
}
