import * as z from '../context/option-language.ts';
import { CalveError } from '../errors/calve-error.ts';
import { compileGlob } from './glob.ts';

/** A file pattern in the options of a source: its problem, with the position, becomes the issue. */
export const globSchema = z.string().check((check) => {
  try {
    compileGlob(check.value);
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    check.issues.push({ code: 'custom', message: error.message, input: check.value });
  }
});
