import { CalveError, decodedPath } from '@calve/core/plugin';

/** The folder of a URL, with one slash at its end. Places begin with it. */
export function rootOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.split('/').map(encodedOnce).join('/').replace(/\/*$/, '/')}`;
}

/**
 * Where a link of an index page leads, always in the same spelling, whatever the server leaves unencoded.
 *
 * @param page The page that holds the link.
 * @returns null: outside of the root, the root itself, or a query, which is how Apache offers to sort by another column.
 */
export function placeOf(href: string, page: string, root: string): string | null {
  const url = URL.parse(href, page);
  if (url === null || url.search !== '') return null;
  const place = url.origin + url.pathname.split('/').map(encodedOnce).join('/');
  return place.startsWith(root) && place !== root ? place : null;
}

/** What patterns are matched against: relative to the root, not encoded. */
export function nameOf(place: string, root: string): string {
  return decodedPath(place.slice(root.length));
}

/**
 * A unit may come from a plan that was stored and edited elsewhere, so its place is checked and not trusted.
 *
 * @throws {CalveError} `OPTIONS_INVALID` (fix-input): the place is no file below the root, or not written as `placeOf` writes it.
 */
export function assertBelow(place: string, root: string): void {
  if (placeOf(place, root, root) === place && !place.endsWith('/')) return;
  throw new CalveError('OPTIONS_INVALID', `${place} is no file inside ${root}, where this source reads.`, {
    recovery: 'fix-input',
    context: { place, root },
  });
}

/** Bytes that are not UTF-8 stay as the server wrote them: they are no text, but they find the file again. */
function encodedOnce(segment: string): string {
  const text = decodedPath(segment);
  return text === segment && segment.includes('%') ? segment : encodeURIComponent(text);
}
