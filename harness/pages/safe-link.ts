/** A text of the user's as the address of a link, if it is one of the web; undefined: it is only text. */
export function safeLink(text: string): string | undefined {
  const isWeb = /^https?:\/\//i.test(text) && URL.canParse(text);
  return isWeb ? new URL(text).href : undefined;
}
