/** First lines of reports about pages and page tables, and about leaked memory. */
import { END_OF_TRACE, type IndexedPattern } from './report-start.ts';

/** mm/kmemleak.c: kmemleak_scan, dump_object; a program may print what it read there. */
const LEAKS: readonly IndexedPattern[] = [
  {
    words: ['unreferenced object 0x'],
    text: /^(?:kmemleak: )?unreferenced object 0x[0-9a-f]+ \(size \d+\)/,
    title: () => 'kmemleak: memory leak',
    unplaced: 'title',
    placeIn: 'leak',
    goesOn: /^(?:kmemleak:)? /,
    isCopied: true,
  },
  // Not printed by the kernel: tools that read the file of kmemleak put it before each block.
  {
    words: ['BUG: memory leak'],
    text: /^BUG: memory leak$/,
    title: () => 'kmemleak: memory leak',
    unplaced: 'title',
    placeIn: 'leak',
    follow: [/^unreferenced object 0x/],
    goesOn: /^(?:unreferenced object| )/,
  },
  {
    words: ['new suspected memory leaks'],
    text: /^kmemleak: \d+ new suspected memory leaks/,
    title: () => 'kmemleak: new suspected memory leaks',
    placeIn: 'nowhere',
    isLine: true,
  },
];

const PAGES: readonly IndexedPattern[] = [
  // mm/memory.c: print_bad_pte, mm/page_alloc.c: bad_page
  {
    words: ['Bad page '],
    text: /^(?:BUG: )?(Bad page (?:map|state|cache)(?: in process)?)/,
    title: ([, what = '']) => `BUG: ${what.replace(' in process', '')}`,
    unplaced: 'title',
    placeIn: 'leak',
    last: END_OF_TRACE,
  },
  // kernel/fork.c: check_mm
  {
    words: ['BUG: Bad rss-counter state'],
    text: /^BUG: Bad rss-counter state/,
    placeIn: 'nowhere',
    isLine: true,
  },
  {
    words: [' on freeing mm: '],
    text: /^BUG: non-zero (?:nr_ptes|nr_pmds|pgtables_bytes) on freeing mm/,
    title: () => 'BUG: non-zero pgtables_bytes on freeing mm',
    placeIn: 'nowhere',
    isLine: true,
  },
  // mm/pgtable-generic.c: pgd_clear_bad and the like
  {
    words: [': bad p'],
    text: /^[^\s:]+\.[ch]:\d+: (bad (?:pgd|p4d|pud|pmd|pte)) /,
    title: ([, what = '']) => `${what} in a page table`,
    placeIn: 'nowhere',
    isLine: true,
  },
];

export const MEMORY_PATTERNS: readonly IndexedPattern[] = [...LEAKS, ...PAGES];
