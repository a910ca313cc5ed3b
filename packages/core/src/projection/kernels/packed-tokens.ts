/** Bytes from one token to the next, as `assembly/cell-states.ts` reads them. */
const stride = 32;
const textAt = 16;
const longestToken = stride - textAt;
/** As many as a kernel compares one by one without being slower than its twin. */
const mostTokens = 16;
/** Bytes that tokens take at most. */
export const tokenBytes = mostTokens * stride;

/**
 * Texts as compiled kernels compare them: per text its length, what it means, and its bytes.
 *
 * @param meanings A number below 256 for each; absent: 0.
 * @returns Null when there are too many of them, or one is too long.
 */
export function packTokens(texts: readonly Uint8Array[], meanings?: readonly number[]): Uint8Array | null {
  if (texts.length > mostTokens || texts.some((text) => text.length > longestToken)) return null;
  const packed = new Uint8Array(texts.length * stride);
  texts.forEach((text, index) => {
    packed[index * stride] = text.length;
    packed[index * stride + 1] = meanings?.[index] ?? 0;
    packed.set(text, index * stride + textAt);
  });
  return packed;
}

/** How many texts are in there. */
export function packedCount(packed: Uint8Array): number {
  return packed.length / stride;
}
