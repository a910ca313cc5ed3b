/** Text out of a file as part of a message: control characters are written as `\u001b`, since a terminal would obey them. */
export function shownText(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
