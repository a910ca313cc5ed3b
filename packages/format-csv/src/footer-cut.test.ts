import { DEFAULT_LIMITS } from '@calve/core/plugin';
import { bytesReader } from '@calve/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FooterCut } from './footer-cut.ts';

async function cut(content: string, lines: number, maxRead = 1e9, target = 1000, limits = DEFAULT_LIMITS) {
  const reader = new FooterCut(bytesReader(new TextEncoder().encode(content), { maxRead }), lines, limits);
  const buffer = new Uint8Array(target);
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const got = await reader.read(buffer);
    if (got === 0) return { text: text + decoder.decode(), cut: reader.cutLines };
    text += decoder.decode(buffer.subarray(0, got), { stream: true });
  }
}

/** The same by looking at all lines at once. */
function naive(content: string, lines: number): { text: string; cut: number } {
  const first = /\r\n|\n|\r/.exec(content)?.[0];
  const pieces = content.split(first === '\r' ? /(?<=\r)/ : /(?<=\n)/);
  let left = lines;
  while (left > 0 && pieces.length > 0) if (/[^\0-\x20]/.test(pieces.pop() as string)) left -= 1;
  // A blank line in front of the footer stays, as it would in the middle.
  return left > 0 ? { text: '', cut: lines - left } : { text: pieces.join(''), cut: lines };
}

describe('a file without its last lines', () => {
  it.each([
    ['a total', 'a,b\n1,2\nTotal,2\n', 1, 'a,b\n1,2\n'],
    ['a total without a line end', 'a,b\r\n1,2\r\nTotal,2', 1, 'a,b\r\n1,2\r\n'],
    ['blank lines behind it', 'a\r1\rTotal\r\r  \r', 1, 'a\r1\r'],
    ['more lines than there are', 'a\n1\n', 5, ''],
    ['no line end at all', 'a', 1, ''],
    ['nothing', '', 1, ''],
  ])('%s', async (_, content, lines, text) => {
    expect((await cut(content, lines)).text).toBe(text);
  });

  it('is the same however it is read', async () => {
    const line = fc.constantFrom('', ' ', 'x', 'total,5', '"a', '\t', 'é');
    const content = fc
      .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\r'), fc.boolean())
      .map(([lines, end, isEnded]) => lines.join(end) + (isEnded ? end : ''));
    await fc.assert(
      fc.asyncProperty(content, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 }), async (text, lines, size) => {
        const expected = naive(text, lines);
        expect(await cut(text, lines)).toEqual(expected);
        expect(await cut(text, lines, size, 10 - size)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('of many megabytes holds back its footer only', async () => {
    const rows = Array.from({ length: 200_000 }, (_, row) => `${row},some text\n`).join('');
    expect(await cut(`${rows}Total\nMade by hand\n`, 2)).toEqual({ text: rows, cut: 2 });
  });

  it('is refused when the footer would be longer than a record may be', async () => {
    const limits = { ...DEFAULT_LIMITS, recordBytes: 1000 };
    await expect(cut(`a\n${'x'.repeat(20_000)}\ny\n`, 2, 1e9, 1000, limits)).rejects.toMatchObject({
      code: 'LIMIT_LINE',
      recovery: { kind: 'fix-input' },
      message: expect.stringContaining('skipFooterLines'),
      context: { byteOffset: 0 },
    });
  });
});
