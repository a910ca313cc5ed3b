// The compiled kernels of the JSON decoder. The twin of what reads lines is packages/format-json/src/record-parser.ts with its tokenizer, which is
// normative: what is not taken here is read there. What counts has its twins in packages/format-json/src/collect-shapes.ts
// and row-states.ts.
export { bitsWithout, countScalars, countState } from './count-texts.ts';
export { locateLines } from './locate-lines.ts';
