import { moveTo } from './address.ts';
import { closeLog } from './log-pane.ts';
import { openFolds } from './target.ts';

/** Single keys, as long as nobody types: `?` tells them. */
export function startKeys(): void {
  const help = document.getElementById('keys');
  if (!(help instanceof HTMLDialogElement)) return;
  help.querySelector('button')?.addEventListener('click', () => help.close());
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const action = ACTIONS[event.key];
    if (event.key === 'Escape' && !help.open) closeLog();
    if (action === undefined || help.open) return;
    event.preventDefault();
    action(help);
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input[type=search], textarea, select');
}

const ACTIONS: Readonly<Record<string, (help: HTMLDialogElement) => void>> = {
  j: () => step(1),
  k: () => step(-1),
  '/': () => document.getElementById('search')?.focus(),
  a: toggleFolds,
  '?': (help) => help.showModal(),
};

/** What differs alone, or all results. */
function toggleFolds(): void {
  const folds = [...document.querySelectorAll<HTMLDetailsElement>('details.fold')];
  const isOpening = folds.some(({ open }) => !open);
  for (const fold of folds) fold.open = isOpening;
}

/** Focuses the next or the previous difference or failure, seen from the focused one. */
function step(by: 1 | -1): void {
  const stops = stopsOfPage();
  const current = stops.findIndex((one) => one.contains(document.activeElement));
  const next = current === -1 ? (by === 1 ? 0 : -1) : current + by;
  const target = stops.at(next);
  if (target === undefined || (current !== -1 && next < 0)) return;
  const isTest = target.matches('.test');
  if (isTest) openFolds(target);
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: isTest ? 'start' : 'center' });
  if (isTest) moveTo(target.id.split('/').map(encodeURIComponent).join('/'));
}

/** Differences; tests that were not as expected; if there are none, those that went wrong as expected. */
function stopsOfPage(): readonly HTMLElement[] {
  for (const selector of ['tbody[tabindex]', '.test.is-unexpected', '.test.is-bad']) {
    const stops = [...document.querySelectorAll<HTMLElement>(selector)];
    const shown = stops.filter((one) => one.closest('[hidden]') === null);
    if (shown.length > 0) return shown;
  }
  return [];
}
