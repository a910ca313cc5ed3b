import { describe, expect, it } from 'vitest';
import { describeBytes } from './describe-bytes.ts';

/** One byte per character, with something behind it. */
const bytes = (start: string, rest = 'and so on'): Uint8Array => Uint8Array.from(Buffer.from(start + rest, 'latin1'));

describe('describeBytes', () => {
  it.each([
    ['\x89PNG\r\n\x1a\n', 'a PNG image'],
    ['\xff\xd8\xff\xe0', 'a JPEG image'],
    ['GIF89a', 'a GIF image'],
    ['RIFF\x10\x00\x00\x00WEBP', 'a WebP image'],
    ['%PDF-1.7\n', 'a PDF document'],
    ['PK\x03\x04', 'a ZIP archive (an .xlsx workbook is one too)'],
    ['PK\x05\x06', 'a ZIP archive (an .xlsx workbook is one too)'],
    ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'a Microsoft Office file (.xls, .doc)'],
    ['PAR1\x15\x04', 'a Parquet file'],
    ['Obj\x01', 'an Avro file'],
    ['SQLite format 3\0', 'an SQLite database'],
    ['\x1f\x8b\x08', 'a gzip file'],
    ['\x28\xb5\x2f\xfd', 'a Zstandard file'],
    ['\xfd7zXZ\0', 'an xz file'],
    ['BZh91AY&SY', 'a bzip2 file'],
    ['7z\xbc\xaf\x27\x1c', 'a 7z archive'],
  ])('knows %j as %s', (start, name) => {
    expect(describeBytes(bytes(start))).toMatchObject({ kind: 'foreign', name, says: `starts like ${name}` });
    // Fewer bytes than the whole signature prove nothing.
    expect(describeBytes(bytes(start.slice(0, 2), ''))?.kind).not.toBe('foreign');
  });

  it.each([
    ['\xff\xfea\0', 'UTF-16'],
    ['\xfe\xff\0a', 'UTF-16'],
    ['\xff\xfe\0\0a\0\0\0', 'UTF-32'],
    ['\0\0\xfe\xff\0\0\0a', 'UTF-32'],
  ])('knows %j as text in %s and tells how to convert it', (start, name) => {
    const advice = expect.stringContaining(`iconv -f ${name} -t UTF-8`);
    expect(describeBytes(bytes(start, ''))).toMatchObject({ kind: 'encoding', name, advice });
  });

  it('says where the first NUL byte stands', () => {
    expect(describeBytes(bytes('a,b\n1\0'))).toMatchObject({ kind: 'binary', says: expect.stringContaining('at byte 5,') });
  });

  it('says that there is nothing', () => {
    expect(describeBytes(new Uint8Array(0))).toMatchObject({ kind: 'empty', says: 'is empty' });
  });

  it.each([
    'a,b\n1,2\n',
    '\xef\xbb\xbfa,b',
    'PAR1,PAR2\n1,2\n',
    'RIFF,b',
    'PK,name',
    'GIF8',
    'BZh',
    '7z,b',
    '%P',
    '{"a":1}',
    '\xe9t\xe9',
  ])('has nothing to say about %j, which may be text', (start) => expect(describeBytes(bytes(start, ''))).toBeNull());
});
