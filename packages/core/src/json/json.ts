/**
 * The only kind of value that a host has to store, send to another process or show on a screen: spec, plan, intent,
 * events, errors and ledger records consist of it. No `bigint`, `Date`, `Map` or buffer.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A 64-bit integer as decimal digits, with a leading `-` when negative. `JSON.stringify` throws on `bigint`, so it stays inside plugins. */
export type Int64 = string;

/** Where a field sits inside nested data: `['address', 'zip']`. Never a dotted string, since names may contain dots. */
export type Path = readonly string[];

/**
 * `true` when every part of `T` survives `JSON.parse(JSON.stringify(value))`, else `never`. An interface is not assignable
 * to `Json` for want of an index signature, so the persisted types are checked with this mapped type instead.
 */
export type IsPlainJson<T> = unknown extends T
  ? never
  : T extends null | undefined | boolean | number | string
    ? true
    : T extends
          | bigint
          | symbol
          | Date
          | ArrayBufferView
          | ArrayBuffer
          | ReadonlyMap<unknown, unknown>
          | ReadonlySet<unknown>
          | ((...args: never[]) => unknown)
      ? never
      : T extends readonly (infer Item)[]
        ? IsPlainJson<Item>
        : T extends object
          ? { [Key in keyof T]-?: IsPlainJson<T[Key]> }[keyof T] extends true | undefined
            ? true
            : never
          : never;
