/** First lines of what the memory management finds wrong with pages and objects. */
import { END_OF_TRACE, HEADERS, type IndexedPattern, type ReportShape } from './report-start.ts';

/** A name may have blanks in it (`fat cache`). */
const CACHE = '(.{1,64}?)';
const TAINT = String.raw`\((?:Not tainted|Tainted: [^)]*)\)`;

/** mm/slub.c: what the kernel does about it comes last. */
const OBJECT: ReportShape = {
  placeIn: 'allocation',
  last: /^FIX /,
  // Since 6.16 the trace is that of a WARN.
  follow: [/^WARNING: /],
};

const SLABS: readonly IndexedPattern[] = [
  // mm/slub.c: slab_bug
  {
    words: [' (Not tainted): ', ' (Tainted: '],
    text: new RegExp(`^BUG ${CACHE} ${TAINT}: (.*)`),
    title: ([, cache = '', what = '']) => titleOfObject(cache, what),
    unplaced: ([, cache = '', what = '']) => titleOfObject(cache, what),
    ...OBJECT,
  },
  // mm/slab.c: __slab_error
  {
    words: ['slab error in '],
    text: /^slab error in \w+\(\): cache [`'](\S+)': (.*)/,
    title: ([, cache = '', what = '']) => titleOfObject(cache, what),
    unplaced: ([, cache = '', what = '']) => titleOfObject(cache, what),
    ...OBJECT,
  },
  // mm/slab.c: check_poison_obj; who freed the object is all that is known.
  {
    words: ['lab corruption'],
    text: new RegExp(`^(?:Slab corruption|slab corruption)(?: ${TAINT})?: ${CACHE} start=`),
    title: ([, cache = '']) => titleOfObject(cache, 'Poison overwritten'),
    unplaced: ([, cache = '']) => titleOfObject(cache, 'Poison overwritten'),
    placeIn: 'trace',
    names: /^Last user: (?:\[<[0-9a-f]+>\])?\(?(?<place>[A-Za-z_][\w.]*)\+0x/,
  },
  // mm/slub.c: print_tracking, where the first line was lost
  {
    words: ['Allocated in ', 'Freed in ', 'INFO: Slab 0x'],
    text: /^(?:(?:INFO: )?(?:Allocated|Freed) in [A-Za-z_][\w.]*\+0x\S+ age=\d+ cpu=\d+ pid=\d+|INFO: Slab 0x)/,
    title: () => 'slab corruption',
    unplaced: () => 'slab corruption',
    ...OBJECT,
    isStray: true,
  },
  // mm/slab_common.c: kmem_cache_destroy
  {
    words: ['lab cache still has objects'],
    text: /^kmem_cache_destroy (\S+): Slab cache still has objects(?: when called from (?<place>[A-Za-z_][\w.]*))?/,
    title: ([, cache = '']) => `kmem_cache_destroy: objects remain in ${cache}`,
    placeIn: 'trace',
    isText: true,
    follow: HEADERS,
  },
];

function titleOfObject(cache: string, what: string): string {
  // Details of what is wrong differ with the address.
  return `slab corruption: ${what.replace(/[:@ ]*(?:0x)?[0-9a-f]{8,}.*$/, '')} in a ${cache} object`;
}

/** mm/kmemleak.c: kmemleak_scan, dump_object; a program may print what it read there. */
const LEAKS: readonly IndexedPattern[] = [
  {
    words: ['unreferenced object 0x'],
    text: /^(?:kmemleak: )?unreferenced object 0x[0-9a-f]+ \(size (?:\d+)\)/,
    title: () => 'kmemleak: memory leak',
    unplaced: () => 'kmemleak: memory leak',
    placeIn: 'leak',
    goesOn: /^(?:kmemleak:)? /,
    isCopied: true,
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
    unplaced: ([, what = '']) => `BUG: ${what.replace(' in process', '')}`,
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

export const MEMORY_PATTERNS: readonly IndexedPattern[] = [...LEAKS, ...PAGES, ...SLABS];
