import { keepChoice, readChoice } from './address.ts';

/** Searches the menus of the configuration, and remembers which symbols the reader has chosen. */
export function startFilter(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>('input[type=radio]')) {
    rememberChoice(input);
  }
  const search = document.getElementById('search');
  if (search instanceof HTMLInputElement) startSearch(search);
}

function rememberChoice(input: HTMLInputElement): void {
  if (readChoice(input.name) === input.id) input.checked = true;
  input.addEventListener('change', () => {
    keepChoice(input.name, input.defaultChecked ? undefined : input.id);
  });
}

function startSearch(search: HTMLInputElement): void {
  const rows = [...document.querySelectorAll<HTMLElement>('.menu tr[id]')].map((row) => ({
    row,
    text: `${row.textContent} ${menuOf(row)}`.toLowerCase(),
  }));
  const find = (): void => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const { row, text } of rows) row.hidden = !words.every((word) => text.includes(word));
    showMenus(words.length > 0);
    keepChoice('search', search.value === '' ? undefined : search.value);
  };
  search.closest('label')?.removeAttribute('hidden');
  search.addEventListener('input', find);
  search.value = readChoice('search') ?? '';
  if (search.value !== '') find();
}

function menuOf(row: Element): string {
  const menus = [row.closest('.menu'), row.closest('tbody')];
  return menus.map((menu) => menu?.querySelector('summary, .submenu')?.textContent).join(' ');
}

/** While there is a search, menus with matches are open and the others are away. */
function showMenus(isSearching: boolean): void {
  let found = 0;
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('details.menu')) {
    const matches = menu.querySelectorAll('tr[id]:not([hidden])').length;
    found += matches;
    menu.hidden = matches === 0;
    if (isSearching) menu.open = true;
  }
  const output = document.querySelector('output[for=search]');
  if (output !== null) output.textContent = isSearching ? `${found} found` : '';
  document.querySelector('.no-match')?.toggleAttribute('hidden', found > 0);
}
