import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

export interface Markup {
  /** How many there are of each element; raw HTML counts, too. */
  readonly elements: Readonly<Record<string, number>>;
  /** Where links and images lead to. */
  readonly links: readonly string[];
  /** What stands outside of code. */
  readonly text: string;
}

/** What GitHub and GitLab would make of a text in Markdown. */
export function findMarkup(markdown: string): Markup {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  const elements: Record<string, number> = {};
  for (const [, name = ''] of html.matchAll(/<([a-z][a-z0-9]*)/gi)) {
    elements[name] = (elements[name] ?? 0) + 1;
  }
  const links = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link = '']) => link);
  const text = html.replaceAll(/<(code|pre)[\s>][\s\S]*?<\/\1>/g, '').replaceAll(/<[^>]*>/g, '');
  return { elements, links, text };
}
