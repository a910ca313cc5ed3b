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
 * What of `T` survives `JSON.parse(JSON.stringify(value))`, `never` in the place of everything else: `bigint`, functions (hence
 * every class with methods: `Date`, `Map`, buffers), `unknown`, and `undefined` as a value. Optional members may be absent.
 */
type PlainJson<T> = unknown extends T
  ? never
  : T extends Json
    ? T
    : T extends (...args: never[]) => unknown
      ? never
      : T extends object
        ? { [Key in keyof T]: PlainJson<T[Key]> }
        : never;

/**
 * `true` when every part of `T`, recursive types and every member of a union included, is plain JSON, else `never`. An interface is
 * not assignable to `Json` for want of an index signature, so the persisted types are checked with this type instead.
 */
export type IsPlainJson<T> = unknown extends T ? never : [T] extends [PlainJson<T>] ? true : never;
