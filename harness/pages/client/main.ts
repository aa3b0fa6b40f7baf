/** The script of every page: what a reader has beyond links, folds and choices, which need none. */
import { startCopying } from './copy.ts';
import { startFilter } from './filter.ts';
import { startKeys } from './keys.ts';
import { hideLog, isBackFromLog, openLogInAddress, startLogs } from './log-pane.ts';
import { startPlainRows } from './plain-rows.ts';
import { openTarget } from './target.ts';
import { startTestFilter } from './test-filter.ts';

document.documentElement.classList.add('scripted');
startPlainRows();
const filters = document.getElementById('filters');
if (filters instanceof HTMLFormElement) startTestFilter(filters);
else startFilter();
startLogs();
startCopying();
startKeys();
void showAddress();
window.addEventListener('hashchange', () => void showAddress());

async function showAddress(): Promise<void> {
  if (await openLogInAddress()) return;
  const isBack = isBackFromLog();
  hideLog();
  // What the reader looks at stays where it is.
  if (!isBack) openTarget();
}
