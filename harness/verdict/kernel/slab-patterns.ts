/** First lines of reports about slab objects: damaged, freed twice, left behind. */
import { HEADERS, type IndexedPattern, type ReportShape } from './report-start.ts';

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

/** Found when it happens: the trace has whoever freed the object wrongly. */
const WRONG_FREE =
  '((?:Object already free|Invalid object pointer|Attempt to free object|double free)[^(]*)';

export const SLAB_PATTERNS: readonly IndexedPattern[] = [
  // mm/slub.c: free_consistency_checks
  {
    words: [' (Not tainted): ', ' (Tainted: '],
    text: new RegExp(`^BUG ${CACHE} ${TAINT}: ${WRONG_FREE}`),
    title: ([, cache = '', what = '']) => titleOfObject(cache, what),
    unplaced: 'title',
    ...OBJECT,
    placeIn: 'trace',
  },
  // mm/slab.c: verify_redzone_free
  {
    words: ['slab error in '],
    text: new RegExp(`^slab error in \\w+\\(\\): cache [\`'](\\S+)': ${WRONG_FREE}`),
    title: ([, cache = '', what = '']) => titleOfObject(cache, what),
    unplaced: 'title',
    ...OBJECT,
    placeIn: 'trace',
  },
  // mm/slub.c: slab_bug
  {
    words: [' (Not tainted): ', ' (Tainted: '],
    text: new RegExp(`^BUG ${CACHE} ${TAINT}: (.*)`),
    title: ([, cache = '', what = '']) => titleOfObject(cache, what),
    unplaced: 'title',
    ...OBJECT,
  },
  // mm/slab.c: __slab_error
  {
    words: ['slab error in '],
    text: /^slab error in \w+\(\): cache [`'](\S+)': (.*)/,
    title: ([, cache = '', what = '']) => titleOfObject(cache, what),
    unplaced: 'title',
    ...OBJECT,
  },
  // mm/slab.c: check_poison_obj; the report knows nothing but who freed the object.
  {
    words: ['lab corruption'],
    text: new RegExp(`^(?:Slab corruption|slab corruption)(?: ${TAINT})?: ${CACHE} start=`),
    title: ([, cache = '']) => titleOfObject(cache, 'Poison overwritten'),
    unplaced: 'title',
    placeIn: 'trace',
    names: /^Last user: (?:\[<[0-9a-f]+>\])?\(?(?<place>[A-Za-z_][\w.]*)\+0x/,
  },
  // mm/slub.c: print_tracking, where the first line was lost
  {
    words: ['Allocated in ', 'Freed in ', 'INFO: Slab 0x'],
    text: /^(?:(?:INFO: )?(?:Allocated|Freed) in [A-Za-z_][\w.]*\+0x\S+ age=\d+ cpu=\d+ pid=\d+|INFO: Slab 0x)/,
    title: () => 'slab corruption',
    unplaced: 'title',
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
