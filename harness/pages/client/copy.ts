/** Buttons that copy the text beside them. */
export function startCopying(): void {
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('.copy') : null;
    const source = button?.parentElement?.querySelector('code');
    if (button instanceof HTMLElement && source != null) {
      void copyText(source.textContent ?? '', button, source);
    }
  });
}

const SAID_MS = 1500;

/** @param source Selected if nothing may be copied, so that the reader can. */
export async function copyText(text: string, button: HTMLElement, source: Element): Promise<void> {
  const { textContent: label } = button;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    getSelection()?.selectAllChildren(source);
    button.textContent = 'Selected';
  }
  setTimeout(() => {
    button.textContent = label;
  }, SAID_MS);
}
