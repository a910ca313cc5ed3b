/** Shorter texts are found in every sentence; they protect nothing either. */
const LEAST_LENGTH = 4;
/** A part of a secret has to be so long to be one itself. */
const LEAST_PART_LENGTH = 12;

/**
 * The texts in which a secret may stand in a message: as it is, in base64 (also in the middle of something longer, such as `user:password`), as
 * part of an address, as part of JSON, and JSON in JSON. Of a secret of several lines each long line, of one that is JSON each long text
 * in it. None is shorter than 4 characters.
 */
export function secretForms(value: string): string[] {
  const forms = new Set<string>();
  for (const part of [value, value.trim(), ...partsOf(value)]) {
    for (const form of [part, ...base64Forms(part), ...addressForms(part), ...jsonForms(part)]) {
      if (form.length >= LEAST_LENGTH) forms.add(form);
    }
  }
  return [...forms];
}

function partsOf(value: string): string[] {
  const lines = value.split(/[\r\n]+/).map((line) => line.trim());
  const texts: string[] = [];
  collectTexts(parsed(value), texts);
  return [...lines, ...texts, ...texts.flatMap((text) => text.split(/[\r\n]+/))].filter(
    (part) => part.length >= LEAST_PART_LENGTH,
  );
}

function parsed(value: string): unknown {
  if (!value.trimStart().startsWith('{')) return null;
  try {
    return JSON.parse(value);
  } catch {
    // Most secrets are not JSON; then there are no texts in it.
    return null;
  }
}

function collectTexts(value: unknown, texts: string[]): void {
  if (typeof value === 'string') texts.push(value);
  else if (value !== null && typeof value === 'object') for (const member of Object.values(value)) collectTexts(member, texts);
}

function base64Forms(text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  const standard = [0, 1, 2].map((before) => base64Core(bytes, before)).filter((core) => core.length >= 6);
  return standard.flatMap((core) => [core, core.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** The characters of base64 that depend on these bytes alone, when `before` others stand before them in a group of three. */
function base64Core(bytes: Uint8Array, before: number): string {
  let text = '\0'.repeat(before);
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

function addressForms(text: string): string[] {
  if (!text.isWellFormed()) return [];
  const usual = encodeURIComponent(text);
  // RFC 3986 reserves characters that JavaScript leaves alone; forms have their own rules.
  const strict = usual.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const field = new URLSearchParams({ x: text }).toString().slice(2);
  const all = [usual, strict, field, usual.replaceAll('%20', '+')];
  const lower = all.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  return [...all, ...lower, encodeURI(text), encodeURIComponent(usual)];
}

function jsonForms(text: string): string[] {
  const once = JSON.stringify(text).slice(1, -1);
  const ascii = once.replace(/[^\u0020-\u007e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const html = once.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
  const all = [once, ascii, html, once.replaceAll('/', '\\/')];
  return [...all, ...all.map((form) => JSON.stringify(form).slice(1, -1))];
}
