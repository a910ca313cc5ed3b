import { deepStrictEqual as equal, ok } from 'node:assert';
import type { Plugin } from '@calve/core/plugin';

/** What is valid for a plugin, and what the suite expects of its check whatever kind it is. */
type AnyPlugin = Plugin<unknown, unknown>;

/** Says what it is; its JSON Schema is plain JSON; good options pass at once, an unknown one does not. */
export function assertOptionsAreChecked({ name, version, options }: AnyPlugin, good: unknown): void {
  ok(name.length > 0 && version.length > 0, 'name and version');
  equal(JSON.parse(JSON.stringify(options.jsonSchema)), options.jsonSchema);
  const passed = options['~standard'].validate(good);
  const refused = options['~standard'].validate({ ...(good as object), noSuchOption: 1 });
  ok(!('then' in passed) && passed.issues === undefined, 'the options of the harness are refused');
  ok(!('then' in refused) && refused.issues !== undefined && refused.issues.length > 0, 'an unknown option is accepted');
}

/** What the check gives is stored and checked again. */
export function assertOptionsAreStable({ options }: AnyPlugin, good: unknown): void {
  const once = options['~standard'].validate(good);
  ok(!('then' in once) && once.issues === undefined, 'the options of the harness are refused');
  const stored: unknown = JSON.parse(JSON.stringify(once.value));
  equal(stored, once.value);
  equal(options['~standard'].validate(stored), { value: once.value });
}

/** Nothing that a user may write makes the check throw. */
export function assertOptionsNeverThrow({ options }: AnyPlugin, good: unknown): void {
  const members = good as Record<string, unknown>;
  const odd = [null, 'text', 7, [], {}, ...Object.keys(members).flatMap((name) => [{ ...members, [name]: { a: [1] } }])];
  for (const value of [...odd, { ...members, pattern: '[' }, { ...members, pattern: 7 }]) {
    const result = options['~standard'].validate(value);
    ok(!('then' in result), 'the check answers with a Promise');
    for (const { message } of result.issues ?? []) ok(message.length > 0, `an issue of ${JSON.stringify(value)} has no message`);
  }
}
