/** Buttons that copy the text beside them. */
export function startCopying(): void {
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('.copy') : null;
    const source = button?.parentElement?.querySelector('code');
    if (button instanceof HTMLElement && source != null) void copy(source, button);
  });
}

const SAID_MS = 1500;

async function copy(source: Element, button: HTMLElement): Promise<void> {
  const { textContent: label } = button;
  try {
    await navigator.clipboard.writeText(source.textContent ?? '');
    button.textContent = 'Copied';
  } catch {
    // No permission: the reader copies what is selected.
    getSelection()?.selectAllChildren(source);
    button.textContent = 'Selected';
  }
  setTimeout(() => {
    button.textContent = label;
  }, SAID_MS);
}
