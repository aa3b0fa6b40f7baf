/** The script of every page: what a reader has beyond links, folds and choices, which need none. */
import { startFilter } from './filter.ts';
import { startKeys } from './keys.ts';
import { openTarget } from './target.ts';

openTarget();
window.addEventListener('hashchange', openTarget);
startFilter();
startKeys();
