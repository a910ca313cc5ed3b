import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** All temporary folders of a test run lie in one, which goes with the run: killed processes cannot tidy up after themselves. */
export default function temporaryFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'calve-tests-'));
  // Tests of permissions go on as another user.
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
