import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Model } from '../../src/testing/services/filters.js';
import { count, relation, select } from '../../src/testing/services/filters.js';
import { RpcError } from '../../src/testing/services/rpc-error.js';

interface Pet {
  readonly id: number;
  readonly name: string;
}

interface Person {
  readonly id: number;
  readonly name: string | null;
  readonly tall: boolean;
  readonly born: string;
  readonly pets: readonly Pet[];
}

const pets: Model<Pet> = {
  fields: { id: { type: 'integer', get: (pet) => pet.id }, name: { type: 'text', get: (pet) => pet.name } },
};

const people: Model<Person> = {
  fields: {
    id: { type: 'integer', get: (person) => person.id },
    name: { type: 'text', get: (person) => person.name },
    tall: { type: 'boolean', get: (person) => person.tall },
    born: { type: 'time', get: (person) => person.born },
    pet: relation(
      () => pets,
      (person) => person.pets,
      'pet_id',
    ),
  },
  alsoKnown: ['house'],
};

const rows: readonly Person[] = [
  { id: 1, name: 'Ada', tall: true, born: '2020-01-01 10:00:00', pets: [{ id: 1, name: 'Rex' }] },
  { id: 2, name: 'bob', tall: false, born: '2021-06-01 00:00:00', pets: [] },
  {
    id: 3,
    name: null,
    tall: false,
    born: '2022-12-31 23:59:59',
    pets: [
      { id: 2, name: 'Tom' },
      { id: 3, name: 'Rex' },
    ],
  },
];

function ids(filter: Readonly<Record<string, unknown>>): readonly number[] {
  return select(people, rows, filter).map(({ id }) => id);
}

describe('a filter means what it means to the service', () => {
  test.each<[Readonly<Record<string, unknown>>, readonly number[]]>([
    [{}, [1, 2, 3]],
    [{ id: 2 }, [2]],
    [{ pk: '2' }, [2]],
    [{ id: true }, [1]],
    [{ id__in: [3, '1', 99] }, [1, 3]],
    [{ id__gt: 1 }, [2, 3]],
    [{ id__gte: 2, id__lt: 3 }, [2]],
    [{ id__lte: 1 }, [1]],
    [{ id__range: [2, 3] }, [2, 3]],
    [{ name: 'ADA' }, [1]],
    [{ name__exact: 'ada' }, [1]],
    [{ name__in: ['Bob', 'ADA'] }, [1, 2]],
    [{ name__in: 'ab' }, []],
    [{ name__startswith: 'a' }, []],
    [{ name__istartswith: 'a' }, [1]],
    [{ name__endswith: 'b' }, [2]],
    [{ name__iendswith: 'B' }, [2]],
    [{ name__contains: 'd' }, [1]],
    [{ name__icontains: 'O' }, [2]],
    [{ name__regex: '^[A-Z]' }, [1]],
    [{ name__iregex: '^B' }, [2]],
    [{ name: null }, [3]],
    [{ name__isnull: false }, [1, 2]],
    [{ name__gt: 'ADAM' }, [2]],
    [{ tall: true }, [1]],
    [{ tall: 0 }, [2, 3]],
    [{ tall: '0' }, [2, 3]],
    [{ born__gte: '2021-06-01' }, [2, 3]],
    [{ born__lt: '2020-01-01 10:00' }, []],
    [{ pet: 3 }, [3]],
    [{ pet_id: 1 }, [1]],
    [{ pet__in: [1, 2] }, [1, 3]],
    [{ pet__name: 'rex' }, [1, 3]],
    [{ pet__id__in: [2] }, [3]],
    [{ pet__isnull: true }, [2]],
    [{ pet: null }, [2]],
    [{ house: 1 }, []],
    [{ sort_by: ['-name'] }, [2, 1, 3]],
    [{ sort_by: ['tall', '-id'] }, [3, 2, 1]],
    [{ sort_by: ['id'], query_start: 1, query_limit: 1 }, [2]],
    [{ query_limit: 2 }, [1, 2]],
  ])('%j', (filter, expected) => {
    expect(ids(filter)).toEqual(expected);
  });

  test('counting takes no notice of how the rows would be shown', () => {
    expect(count(people, rows, { tall: false, query_limit: 1, sort_by: ['name'] })).toBe(2);
  });

  test.each<[Readonly<Record<string, unknown>>, string, string]>([
    [
      { nope: 1 },
      'FieldError',
      "Cannot resolve keyword 'nope' into field. Choices are: born, house, id, name, pet, tall",
    ],
    [{ pet__nope: 1 }, 'FieldError', "Cannot resolve keyword 'nope' into field. Choices are: id, name"],
    [
      { name__nope: 1 },
      'FieldError',
      "Join on field 'name' not permitted. Did you misspell 'nope' for the lookup type?",
    ],
    [{ id: 'abc' }, 'ValueError', "invalid literal for int() with base 10: 'abc'"],
    [{ id: [] }, 'TypeError', "int() argument must be a string or a number, not 'list'"],
    [{ id__in: 5 }, 'TypeError', "'int' object is not iterable"],
    [{ id__in: null }, 'TypeError', "'NoneType' object is not iterable"],
    [{ id__range: [1] }, 'IndexError', 'list index out of range'],
    [{ id__gt: null }, 'ValueError', 'Cannot use None as a query value'],
    [{ born: 5 }, 'TypeError', 'expected string or buffer, not int'],
    [
      { born: '2021-02-30' },
      'ValidationError',
      `[u"'2021-02-30' value has the correct format (YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ]) but it is an invalid date/time."]`,
    ],
    [{ name__regex: '(' }, 'DatabaseError', `(1139, "Got error 'bad pattern' from regexp")`],
    [{ extra_where: 'id=2' }, 'DatabaseError', 'the embedded lab runs no SQL: extra_where'],
    [{ query_start: 1 }, 'ValueError', 'Cannot pass query_start without query_limit'],
    [{ query_start: -1, query_limit: 1 }, 'AssertionError', 'Negative indexing is not supported.'],
    [
      { sort_by: ['-nope'] },
      'FieldError',
      "Cannot resolve keyword 'nope' into field. Choices are: born, house, id, name, pet, tall",
    ],
  ])('%j is a %s', (filter, pythonClass, message) => {
    expect(() => ids(filter)).toThrow(expect.objectContaining({ pythonClass, message }));
  });
});

test('whatever a filter says, it selects rows or fails with a Python error', () => {
  const names = ['id', 'name', 'tall', 'born', 'pet', 'pet_id', 'house', 'nope', 'pk', '', '__proto__', 'constructor'];
  const lookups = ['', 'in', 'isnull', 'gt', 'range', 'startswith', 'regex', 'name', 'id', 'iexact', 'nope', '_'];
  const part = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...lookups), fc.constantFrom(...lookups));
  const keyword = fc.oneof(
    part.map((parts) => parts.filter((text) => text !== '').join('__')),
    fc.constantFrom('query_start', 'query_limit', 'sort_by'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.dictionary(keyword, fc.jsonValue(), { maxKeys: 4 }), (filter) => {
      try {
        for (const id of ids(filter)) expect([1, 2, 3]).toContain(id);
      } catch (error) {
        expect(error).toBeInstanceOf(RpcError);
        expect((error as RpcError).pythonClass).toMatch(/^[A-Z][A-Za-z]+$/);
      }
    }),
    { numRuns: 2000 },
  );
});
