/** What the first bytes of a content tell, in plain words, when they are not simply text. */
export interface BytesDescription {
  /** `foreign`: a known file format; `encoding`: text in UTF-16 or UTF-32; `binary`: there are NUL bytes; `empty`: there are no bytes. */
  kind: 'empty' | 'foreign' | 'encoding' | 'binary';
  /** The name alone: `a PNG image`, `UTF-16`; `''` for `empty` and `binary`. */
  name: string;
  /** Goes on after the name of the file: "starts like a PNG image". */
  says: string;
  /** What to do, as whole sentences. */
  advice: string;
}

const LEAVE_OUT = 'Leave it out by a pattern in the source.';

/** Kinds of file by their first bytes, which no text has by chance; `.` stands for any byte. */
const SIGNATURES: readonly { bytes: string; name: string; advice: string }[] = [
  { bytes: '\x89PNG\r\n\x1a\n', name: 'a PNG image', advice: LEAVE_OUT },
  { bytes: '\xff\xd8\xff', name: 'a JPEG image', advice: LEAVE_OUT },
  { bytes: 'GIF87a', name: 'a GIF image', advice: LEAVE_OUT },
  { bytes: 'GIF89a', name: 'a GIF image', advice: LEAVE_OUT },
  { bytes: 'RIFF....WEBP', name: 'a WebP image', advice: LEAVE_OUT },
  { bytes: '%PDF-', name: 'a PDF document', advice: LEAVE_OUT },
  ...['PK\x03\x04', 'PK\x05\x06'].map((bytes) => ({
    bytes,
    name: 'a ZIP archive (an .xlsx workbook is one too)',
    advice: `Unpack the archive or save the sheets of the workbook as CSV. ${LEAVE_OUT}`,
  })),
  {
    bytes: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    name: 'a Microsoft Office file (.xls, .doc)',
    advice: `Save the sheets of a workbook as CSV. ${LEAVE_OUT}`,
  },
  // "PAR1" may be the name of a column. In a Parquet file the first field of a Thrift struct follows.
  { bytes: 'PAR1\x15', name: 'a Parquet file', advice: LEAVE_OUT },
  { bytes: 'Obj\x01', name: 'an Avro file', advice: LEAVE_OUT },
  { bytes: 'SQLite format 3\0', name: 'an SQLite database', advice: `Export its tables. ${LEAVE_OUT}` },
  { bytes: '\x1f\x8b\x08', name: 'a gzip file', advice: `Decompress it first. ${LEAVE_OUT}` },
  { bytes: '\x28\xb5\x2f\xfd', name: 'a Zstandard file', advice: `Decompress it first. ${LEAVE_OUT}` },
  { bytes: '\xfd7zXZ\0', name: 'an xz file', advice: `Decompress it first. ${LEAVE_OUT}` },
  { bytes: 'BZh.1AY&SY', name: 'a bzip2 file', advice: `Decompress it first. ${LEAVE_OUT}` },
  { bytes: '7z\xbc\xaf\x27\x1c', name: 'a 7z archive', advice: `Unpack it first. ${LEAVE_OUT}` },
];

/** The longer ones first: the mark of UTF-32 begins with that of UTF-16. */
const BYTE_ORDER_MARKS: readonly { bytes: string; name: string }[] = [
  { bytes: '\xff\xfe\0\0', name: 'UTF-32' },
  { bytes: '\0\0\xfe\xff', name: 'UTF-32' },
  { bytes: '\xff\xfe', name: 'UTF-16' },
  { bytes: '\xfe\xff', name: 'UTF-16' },
];

/**
 * Tells from its first bytes what a content is that is not plain text, so that a refusal can name it. Pure; never throws.
 *
 * @param head The first bytes, decompressed as far as they were; 16 are enough for everything but NUL bytes further on.
 * @returns `null` when the bytes may be text in UTF-8 or another encoding without NUL bytes.
 * @see https://en.wikipedia.org/wiki/List_of_file_signatures
 */
export function describeBytes(head: Uint8Array): BytesDescription | null {
  if (head.length === 0) {
    const advice = `Name the format in the spec if it is to count as a file without rows. ${LEAVE_OUT}`;
    return { kind: 'empty', name: '', says: 'is empty', advice };
  }
  const signature = SIGNATURES.find(({ bytes }) => startsWith(head, bytes));
  if (signature) {
    const { name, advice } = signature;
    return { kind: 'foreign', name, says: `starts like ${name}`, advice };
  }
  const mark = BYTE_ORDER_MARKS.find(({ bytes }) => startsWith(head, bytes));
  if (mark) {
    const { name } = mark;
    const advice = `Convert it to UTF-8, for instance with "iconv -f ${name} -t UTF-8".`;
    return { kind: 'encoding', name, says: `begins with the byte order mark of ${name}`, advice };
  }
  const nul = head.indexOf(0);
  if (nul < 0) return null;
  return {
    kind: 'binary',
    name: '',
    says: `has a NUL byte at byte ${nul}, so it is binary or text in UTF-16`,
    advice: `If it is text, convert it to UTF-8, for instance with "iconv -f UTF-16LE -t UTF-8". ${LEAVE_OUT}`,
  };
}

function startsWith(head: Uint8Array, bytes: string): boolean {
  if (head.length < bytes.length) return false;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== '.' && bytes.charCodeAt(at) !== head[at]) return false;
  }
  return true;
}
