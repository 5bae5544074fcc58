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
    [{ house: null }, [1, 2, 3]],
    [{ house__isnull: false }, []],
    [{ pet__name__isnull: true }, [2]],
    [{ pet__name: 'Rex', pet__id: 2 }, []],
    [{ pet__name: 'Rex', pet__id__gt: 1 }, [3]],
    [{ pet__name: null, pet__id: null }, [2]],
    [{ name__in: [] }, []],
    [{ name__in: [null] }, []],
    [{ born__year: 2021 }, [2]],
    [{ born__month: '12', born__day: 31 }, [3]],
    [{ born__startswith: '2020-' }, [1]],
    [{ sort_by: ['pet__name', 'id'] }, [2, 1, 3]],
    [{ sort_by: ['-pet'] }, [3, 1, 2]],
    [{ query_start: 2, query_limit: -1 }, []],
    [{ extra_where: 'id=2' }, [2]],
    [{ extra_where: '', id: 1 }, [1]],
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
    [{ born: 5 }, 'TypeError', 'expected string or buffer'],
    [{ name__year: 2020 }, 'TypeError', 'Field has invalid lookup: year'],
    [
      { born: '2021-02-30' },
      'ValidationError',
      `[u"'2021-02-30' value has the correct format (YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ]) but it is an invalid date/time."]`,
    ],
    [{ name__regex: '(' }, 'DatabaseError', `(1139, "Got error 'bad pattern' from regexp")`],
    [{ extra_args: { where: ['id=2'] } }, 'DatabaseError', 'the embedded lab runs no SQL: extra_args'],
    [{ sort_by: 'name' }, 'AssertionError', ''],
    [{ query_start: 0 }, 'ValueError', 'Cannot pass query_start without query_limit'],
    [{ query_limit: -1 }, 'AssertionError', 'Negative indexing is not supported.'],
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

test('a filter chooses what a join of the tables and a look at every row of it would', () => {
  const some = fc.option(fc.integer({ min: 1, max: 4 }));
  const person = fc.record({
    id: fc.integer({ min: 1, max: 9 }),
    name: fc.option(fc.constantFrom('Ada', 'ada', 'bob')),
    tall: fc.boolean(),
    born: fc.constantFrom('2020-01-01 10:00:00', '2021-06-01 00:00:00'),
    pets: fc.uniqueArray(fc.record({ id: fc.integer({ min: 1, max: 4 }), name: fc.constantFrom('Rex', 'Tom') }), {
      selector: ({ id }) => id,
      maxLength: 3,
    }),
  });
  const filter = fc.record(
    {
      id__gte: fc.integer({ min: 1, max: 9 }),
      name: fc.option(fc.constantFrom('ADA', 'bob')),
      pet__name: fc.option(fc.constantFrom('rex', 'TOM')),
      pet: some,
      pet__id__in: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
      pet__isnull: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.uniqueArray(person, { selector: ({ id }) => id }), filter, (everybody, wanted) => {
      const joined = everybody.flatMap((row) =>
        (row.pets.length === 0 ? [undefined] : row.pets).map((pet) => ({ row, pet })),
      );
      const same = (own: string | number | null | undefined, value: string | number | null) =>
        value === null ? own === null || own === undefined : String(own).toLowerCase() === String(value).toLowerCase();
      const matching = joined.filter(
        ({ row, pet }) =>
          (wanted.id__gte === undefined || row.id >= wanted.id__gte) &&
          (wanted.name === undefined || same(row.name, wanted.name)) &&
          (wanted.pet__name === undefined || same(pet?.name, wanted.pet__name)) &&
          (wanted.pet === undefined || same(pet?.id, wanted.pet)) &&
          (wanted.pet__id__in === undefined || (pet !== undefined && wanted.pet__id__in.includes(pet.id))) &&
          (wanted.pet__isnull === undefined || (pet === undefined) === wanted.pet__isnull),
      );
      expect(select(people, everybody, wanted)).toEqual([...new Set(matching.map(({ row }) => row))]);
    }),
    { numRuns: 1000 },
  );
});
