import type { ComponentChildren } from 'preact';
import { h } from '../element.ts';

/** A part of the page with a place in its contents. */
export interface SectionContent {
  readonly id: string;
  readonly title: string;
  /** What the title cannot say, or how many there are. */
  readonly note?: string;
  readonly body: ComponentChildren;
}

export function Section({
  content: { id, title, note, body },
}: {
  readonly content: SectionContent;
}) {
  const titleId = `${id}-title`;
  return h(
    'section',
    { id, 'aria-labelledby': titleId },
    h(
      'div',
      { class: 'section-head' },
      h('h2', { id: titleId }, title),
      note !== undefined && h('span', { class: 'quiet' }, note),
    ),
    body,
  );
}

/** The sections that the page has. */
export function Contents({
  sections,
}: {
  readonly sections: readonly Pick<SectionContent, 'id' | 'title'>[];
}) {
  return h(
    'nav',
    { class: 'contents', 'aria-label': 'On this page' },
    h(
      'ul',
      null,
      sections.map(({ id, title }) => h('li', null, h('a', { href: `#${id}` }, title))),
    ),
  );
}
