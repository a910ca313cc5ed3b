/** `nobody` on most systems; any user without rights of its own will do. */
const NOBODY = 65_534;

/**
 * Runs something as a user for whom permissions count: root reads everything. Where the tests do not run as root, it is the user of the tests.
 *
 * The whole process takes part while it lasts, so nothing else may run beside it.
 */
export async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return await work();
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}
