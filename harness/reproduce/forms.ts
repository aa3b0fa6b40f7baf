/** By which a bundle is known. */
export const BUNDLE_SUFFIX = '.kmx.tar.zst';

/** What can be named; apart from the code that reads it, since it is listed at each start of kmx. */
export const FORMS = [
  "a test: 6.12 v1 unguarded ':CPU quota', or <cell>::<test>",
  'a run and a test of it: reports/latest 6.12 v1 ::cpu/quota',
  "a link copied from a report's page, in quotes: '#test/…'",
  'the name of an expectation: panic-6.12',
  `a bundle: panic${BUNDLE_SUFFIX}`,
] as const;
