import { Script } from 'node:vm';
import { expect, it } from 'vitest';
import { withEagerFunctions } from './eager-functions.ts';

const code = `
// src/first.ts
const before = twice(2);
function twice(value) {
  return [1, 2].map((each) => each * value);
}
async function* count(to = () => 2, ...rest) {
  for (let at = 0; at < to(); at++) yield at;
}
function factorial(of) {
  return of === 0 ? 1 : of * factorial(of - 1);
}
class Counter {
  #step = async () => 3;
  add = function (value) { return value + 1; };
  next() { return this.#step(); }
}
(function () { globalThis.once = 1; })();

// src/second.ts
function later(list) {
  return list.filter((each) => each > 1);
}
`;
const run = 'return { before, twice, count, factorial, later, add: new Counter().add, next: new Counter().next() };';

it('leaves the program what it was', async () => {
  const [old, eager] = [code, withEagerFunctions(code)].map((text) => new Function(`'use strict'; ${text} ${run}`)());
  expect(eager.before).toEqual([2, 4]);
  expect(eager.factorial(5)).toBe(120);
  expect(eager.add(1)).toBe(2);
  expect(await eager.next).toBe(3);
  const counted: number[] = [];
  for await (const each of eager.count()) counted.push(each);
  expect(counted).toEqual([0, 1]);
  expect(eager.later([1, 2])).toEqual([2]);
  for (const name of ['twice', 'count', 'factorial', 'later', 'add']) {
    expect([eager[name].name, eager[name].length]).toEqual([old[name].name, old[name].length]);
  }
});

it('has V8 compile functions when the file is loaded', () => {
  const compiledBytes = (text: string): number => new Script(text).createCachedData().length;
  const [lazy, all, first] = [code, withEagerFunctions(code), withEagerFunctions(code, /second/)].map(compiledBytes) as [
    number,
    number,
    number,
  ];
  expect(all).toBeGreaterThan(first);
  expect(first).toBeGreaterThan(lazy);
});

it('leaves alone modules whose functions are seldom called, and parentheses that are there', () => {
  const text = withEagerFunctions(code, /second/);
  expect(text).toContain('\nfunction later(list) {\n  return list.filter((each) => each > 1);\n}');
  expect(text).toContain('(function () { globalThis.once = 1; })();');
  expect(text).toContain('[1, 2].map(((each) => each * value))');
});

it('leaves the line of the interpreter at the top', () => {
  const text = '#!/usr/bin/env node\nimport { a } from "./a.js";\nfunction first() {}\nfirst(a);\n';
  expect(withEagerFunctions(text).split('\n').slice(0, 2)).toEqual(['#!/usr/bin/env node', 'var first = (function () {});']);
});
