import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wireReader, type WireReader } from '../../src/clients/wire-reader.js';
import { BadResponseError } from '../../src/transport/errors.js';

const read = (value: unknown) => wireReader(value, 'get_jobs');

test('values of the expected type are read', () => {
  const wire = read({ id: 3, text: 'x', no: null, flag: 0, list: ['a', 'b'], dict: { a: 'x', n: 5, z: null, l: [1] } });
  expect(wire.field('id').integer()).toBe(3);
  expect(wire.field('no').integerOrNull()).toBeNull();
  expect(wire.field('text').string()).toBe('x');
  expect(wire.field('no').text()).toBe('');
  expect(wire.field('no').stringOrNull()).toBeNull();
  expect(wire.field('flag').boolean()).toBe(false);
  expect(wire.field('list').strings()).toEqual(['a', 'b']);
  expect(wire.field('dict').dict()).toEqual({ a: 'x', n: '5', z: '', l: '[1]' });
  expect(wire.field('no').orNull((value) => value.string())).toBeNull();
  expect(wire.field('dict').entries((value) => value.orNull(() => 1))).toEqual([
    ['a', 1],
    ['n', 1],
    ['z', null],
    ['l', 1],
  ]);
});

describe('a value of another type is refused with its place', () => {
  test.each<[string, unknown, (wire: WireReader) => unknown, string, string]>([
    ['a list', {}, (wire) => wire.list((item) => item), 'result', 'expected a list: an object with'],
    ['an object', [1], (wire) => wire.field('id'), 'result', 'expected an object: a list of 1'],
    ['a number', { id: '3' }, (wire) => wire.field('id').integer(), 'result.id', 'expected a whole number: "3"'],
    ['a whole number', { id: 1.5 }, (wire) => wire.field('id').integer(), 'result.id', 'expected a whole number: 1.5'],
    ['a field', {}, (wire) => wire.field('id').integer(), 'result.id', 'expected a whole number: nothing'],
    ['no inherited field', {}, (wire) => wire.field('toString').string(), 'result.toString', 'a string: nothing'],
    ['a boolean', [2], (wire) => wire.list((item) => item.boolean()), 'result[0]', 'expected true or false: 2'],
    ['strings', ['a', 2], (wire) => wire.strings(), 'result[1]', 'expected a string: 2'],
    ['a dict', null, (wire) => wire.dict(), 'result', 'expected an object: null'],
    ['entries', { a: 1 }, (wire) => wire.entries((value) => value.string()), 'result["a"]', 'expected a string: 1'],
    ['no entries', 'x', (wire) => wire.entries((value) => value), 'result', 'expected an object: "x"'],
  ])('%s', (_, value, act, field, message) => {
    const refuse = () => act(read(value));
    expect(refuse).toThrow(BadResponseError);
    expect(refuse).toThrow(expect.objectContaining({ call: 'get_jobs', field }));
    expect(refuse).toThrow(message);
  });
});

test('a dict keeps every key as its own, __proto__ too', () => {
  const dict = read(JSON.parse('{"__proto__": "x"}')).dict();
  expect(Object.keys(dict)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(dict)).toBe(Object.prototype);
});

test('nothing but a bad-answer error is ever thrown', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const name of ['integer', 'boolean', 'string', 'text', 'strings', 'dict'] as const) {
        try {
          read(value)[name]();
        } catch (error) {
          expect(error).toBeInstanceOf(BadResponseError);
        }
      }
    }),
  );
});
