import type { Diagnostic } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';

/**
 * For a file that was taken for UTF-8 because the parts of it that were looked at are.
 *
 * @param found What all of it says.
 * @throws {CalveError} `TEXT_MALFORMED` (fix-input): it looks like another encoding. The finding, with its patches, is in `diagnostics`.
 */
export function refuseOtherEncoding(found: readonly Diagnostic[]): void {
  const finding = found.find(({ code, fixes }) => code === 'TEXT_MALFORMED' && fixes !== undefined);
  if (!finding) return;
  throw new CalveError('TEXT_MALFORMED', finding.message, {
    recovery: 'fix-input',
    diagnostics: [finding],
    context: { byteOffset: finding.at?.byteOffset ?? 0 },
  });
}
