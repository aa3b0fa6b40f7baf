import { XMLParser } from 'fast-xml-parser';

/** A case as GitLab reads it: it looks for nothing else. */
export interface JunitCase {
  /** Of two cases with the same key the second is dropped. */
  readonly key: string;
  readonly status: 'success' | 'failed' | 'error' | 'skipped';
  /** The one link that is shown. */
  readonly attachment?: string;
  /** Of the failure. */
  readonly type?: string;
}

const LISTS = ['testsuite', 'testcase'];

export function casesIn(xml: string): readonly JunitCase[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    trimValues: false,
    isArray: (name) => LISTS.includes(name),
  });
  const { testsuites } = parser.parse(xml);
  return testsuites.testsuite.flatMap(({ testcase = [] }: { testcase?: readonly Element[] }) =>
    testcase.map(readCase),
  );
}

export function failedCases(xml: string): readonly JunitCase[] {
  return casesIn(xml).filter(({ status }) => status === 'failed');
}

type Element = Readonly<Record<string, unknown>>;

function readCase(element: Element): JunitCase {
  const { classname, name, failure, error, skipped } = element;
  const key = JSON.stringify([classname, name]);
  if (failure !== undefined) {
    const [, attachment] =
      /\[\[ATTACHMENT\|([^[\]|]+?)\]\]/.exec(String(element['system-out'])) ?? [];
    const { type } = failure as { readonly type?: string };
    return {
      key,
      status: 'failed',
      ...(attachment === undefined ? {} : { attachment }),
      ...(type === undefined ? {} : { type }),
    };
  }
  if (error !== undefined) return { key, status: 'error' };
  return { key, status: skipped === undefined ? 'success' : 'skipped' };
}
