/** Bytes that stand for something in JSON. */
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OBJECT_START = 0x7b;
export const OBJECT_END = 0x7d;
export const ARRAY_START = 0x5b;
export const ARRAY_END = 0x5d;
export const MINUS = 0x2d;
export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
/** The `u` of an escape. */
export const UNICODE = 0x75;

/** What a byte inside a string means for the scan: it goes on, or something has to be looked at. */
export const PLAIN = 0;
export const ENDS_STRING = 1;
export const ESCAPES = 2;
export const IS_CONTROL = 3;
export const IS_MULTIBYTE = 4;

/** The class of each byte inside a string. */
export const STRING_CLASS = classes((byte) => {
  if (byte === QUOTE) return ENDS_STRING;
  if (byte === BACKSLASH) return ESCAPES;
  if (byte < 0x20) return IS_CONTROL;
  return byte >= 0x80 ? IS_MULTIBYTE : PLAIN;
});

/** 1 for the bytes that numbers are made of, in whatever order. */
export const IN_NUMBER = classes((byte) => (/[0-9+.eE-]/.test(String.fromCharCode(byte)) ? 1 : 0));

/** 1 for white space between tokens. */
export const BLANK = classes((byte) =>
  byte === 0x20 || byte === 0x09 || byte === LINE_FEED || byte === CARRIAGE_RETURN ? 1 : 0,
);

/** 1 for white space within a line. */
export const BLANK_IN_LINE = classes((byte) => (byte === 0x20 || byte === 0x09 ? 1 : 0));

/** What the byte behind a backslash stands for; 0 when it may not stand there. `u` is looked at before. */
export const UNESCAPED = classes((byte) => {
  const at = '"\\/bfnrt'.indexOf(String.fromCharCode(byte));
  return at < 0 ? 0 : '"\\/\b\f\n\r\t'.charCodeAt(at);
});

/** The value of a hexadecimal digit; 255 for any other byte. */
export const HEX = classes((byte) => {
  const digit = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) ? 255 : digit;
});

function classes(of: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => of(byte));
}
