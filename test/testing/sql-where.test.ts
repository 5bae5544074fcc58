import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Model } from '../../src/testing/services/filters.js';
import { relation } from '../../src/testing/services/filters.js';
import { RpcError } from '../../src/testing/services/rpc-error.js';
import { matchesLike } from '../../src/testing/services/sql-values.js';
import { compileWhere } from '../../src/testing/services/sql-where.js';

interface Row {
  readonly id: number;
  readonly name: string | null;
  readonly done: boolean;
  readonly parents: readonly Row[];
}

const model: Model<Row> = {
  fields: {
    id: { type: 'integer', get: (row) => row.id },
    name: { type: 'text', get: (row) => row.name },
    done: { type: 'boolean', get: (row) => row.done },
    parent: relation(
      () => model,
      (row) => row.parents,
      'parent_id',
    ),
  },
};

const first: Row = { id: 1, name: 'SERVER_JOB', done: true, parents: [] };
const rows: readonly Row[] = [
  first,
  { id: 2, name: 'CLIENT_JOB.0', done: false, parents: [first] },
  { id: 3, name: null, done: false, parents: [first] },
];

function ids(where: string): readonly number[] {
  return rows.filter(compileWhere(model, where)).map(({ id }) => id);
}

describe('a condition in SQL means what it means to the database', () => {
  test.each<[string, readonly number[]]>([
    ['id=2', [2]],
    ["id = '2'", [2]],
    ['2 = id', [2]],
    ['id <> 2', [1, 3]],
    ['id != 2 AND id < 3', [1]],
    ['id <= 1 or id >= 3', [1, 3]],
    ['id > 1 and id < 3', [2]],
    ['id = 1 OR id = 2 AND done', [1]],
    ['(id = 1 OR id = 2) AND NOT done', [2]],
    ['id IN (1, 3)', [1, 3]],
    ["name not in ('server_job')", [2]],
    ['id in (7, null)', []],
    ['id not in (7, null)', []],
    ['id BETWEEN 2 AND 3', [2, 3]],
    ['id not between 2 and 3', [1]],
    ["name = 'server_job'", [1]],
    ['name = "client_job.0"', [2]],
    ["name LIKE 'server%'", [1]],
    ["name not like 'CLIENT_JOB%%' and name <> 'SERVER_JOB'", []],
    ["name not like 'CLIENT_JOB%%'", [1]],
    ["name like 'SERVER\\_JOB'", [1]],
    ["name like 'CLIENT\\_JOB_0'", [2]],
    ['name IS NULL', [3]],
    ['name is not null', [1, 2]],
    ['name = null', []],
    ['not (name = null)', []],
    ['name = null or id = 3', [3]],
    ['done', [1]],
    ['! done', [2, 3]],
    ['done = true', [1]],
    ['parent_id = 1', [2, 3]],
    ['parent_id is null', [1]],
    ['tko_tests.id = 2 || `table`.`id` = 3', [2, 3]],
    ["name = 'it''s' or name = 'it\\'s' or id = 1", [1]],
    ['name = 0 && id = 1', [1]],
  ])('%s', (where, expected) => {
    expect(ids(where)).toEqual(expected);
  });

  test.each([
    ['nonsense =', `${syntax} near ')' at line 1")`],
    ['id = = 2', `${syntax} near '= 2)' at line 1")`],
    ['id = 2 2', `${syntax} near '2)' at line 1")`],
    ['id = 2)', `${syntax} near '))' at line 1")`],
    ['(id = 2', `${syntax} near ')' at line 1")`],
    ['id not 2', `${syntax} near '2)' at line 1")`],
    ['id = (select 1)', `${syntax} near '(select 1))' at line 1")`],
    ["name = 'open", `${syntax} near ''open)' at line 1")`],
    ['wibble = 1', `(1054, "Unknown column 'wibble' in 'where clause'")`],
    ['constructor = 1', `(1054, "Unknown column 'constructor' in 'where clause'")`],
  ])('%s is an error of the database', (where, message) => {
    expect(() => ids(where)).toThrow(expect.objectContaining({ pythonClass: 'DatabaseError', message }));
  });

  test('a condition beyond all measure is an error of the database', () => {
    for (const where of ['('.repeat(5_000), 'not '.repeat(2_000), `id = ${'1'.repeat(20_000)}`, "'".repeat(9_999)]) {
      expect(() => ids(where)).toThrow(expect.objectContaining({ pythonClass: 'DatabaseError' }));
    }
  });
});

test('whatever a condition says, it chooses rows or is an error of the database', () => {
  const words = [
    'id',
    'name',
    'done',
    '1',
    "'a'",
    '=',
    '<',
    '(',
    ')',
    ',',
    'and',
    'or',
    'not',
    'in',
    'like',
    'is',
    'null',
  ];
  const text = fc.oneof(
    fc.array(fc.constantFrom(...words), { maxLength: 8 }).map((list) => list.join(' ')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (where) => {
      try {
        expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids(where)]));
      } catch (error) {
        expect(error).toBeInstanceOf(RpcError);
      }
    }),
    { numRuns: 2000 },
  );
});

test('LIKE is as the same pattern written as a regular expression', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'B', '%', '_', '.'), maxLength: 8 });
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 10 }), pattern, (text, like) => {
      const source = like.replaceAll('.', '\\.').replaceAll('%', '.*').replaceAll('_', '.');
      expect(matchesLike(text, like)).toBe(new RegExp(`^${source}$`, 'is').test(text));
    }),
    { numRuns: 2000 },
  );
});

const syntax =
  '(1064, "You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use';
