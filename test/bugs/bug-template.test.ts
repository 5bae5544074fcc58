import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkBugTemplate, mergeBugTemplates, type BugTemplate } from '../../src/bugs/bug-template.js';

describe('a template that keeps the rules is taken', () => {
  test('as it is', () => {
    const template = {
      owner: 'power@lab.example',
      cc: ['lab@lab.example', 'o.reilly+bugs@sub.lab.example'],
      labels: ['area-power', 'battery, internal'],
      status: 'Unconfirmed',
      title: 'The battery is empty',
      summary: 'Charge it.\nThen run the test again.',
    };
    expect(checkBugTemplate(template)).toEqual({ template, problem: null });
  });

  test.each([
    ['no template', undefined],
    ['null', null],
    ['an empty one', {}],
    ['one of empty values', { owner: '', cc: [], labels: [''], status: '', title: ' ', summary: '' }],
    ['one of empty addresses', { owner: ' ', cc: ['', ' '] }],
  ])('%s is empty', (_what, given) => {
    expect(checkBugTemplate(given)).toEqual({ template: {}, problem: null });
  });
});

describe('a template that breaks the rules counts as empty', () => {
  test.each([
    ['a text', 'owner: me', /not a dict/u],
    ['a list', ['owner'], /not a dict/u],
    ['an unknown key', { owner: 'a@b', color: 'red' }, /the key "color"; there are owner, cc, labels/u],
    ['a key of every object', { constructor: 'x' }, /the key "constructor"/u],
    ['an owner that is a list', { owner: ['a@b'] }, /owner is not a text/u],
    ['labels in one text', { labels: 'a, b' }, /labels is not a list/u],
    ['a number among the labels', { labels: ['a', 1] }, /labels holds something/u],
    ['a title that is a dict', { title: { en: 'x' } }, /title is not a text/u],
    ['a null', { status: null }, /status is not a text/u],
    ['an owner that is no address', { owner: 'me' }, /owner holds "me", which is no e-mail/u],
    ['an address with a second header', { owner: 'a@b\r\nBcc: c@d' }, /no e-mail/u],
    ['an address with a line end', { cc: ['a@b', 'a@b\n.example'] }, /cc holds/u],
    ['an address in brackets', { cc: ['Me <a@b>'] }, /no e-mail/u],
    ['an address with a dot too many', { cc: ['a..b@c'] }, /no e-mail/u],
    ['a title that never ends', { title: 'x'.repeat(201) }, /title is longer than 200/u],
    ['too many labels', { labels: Array<string>(101).fill('x') }, /more than 100/u],
  ])('%s', (_what, given, problem) => {
    const checked = checkBugTemplate(given);
    expect(checked.template).toEqual({});
    expect(checked.problem).toMatch(problem);
  });

  test('and says why in one line of bounded length, whatever it holds', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string({ unit: 'binary', maxLength: 400 }), (value, key) => {
        const { problem } = checkBugTemplate({ [key]: value });
        expect(problem ?? '').toMatch(/^[^\p{Cc}]{0,300}$/u);
      }),
    );
  });
});

test('no line of a template can begin another one', () => {
  const { template } = checkBugTemplate({
    title: 'a\r\nBcc: b',
    labels: ['x\ny'],
    status: 'New\u2028',
    summary: 'a\r\nb',
  });
  expect(template).toEqual({ title: 'a Bcc: b', labels: ['x y'], status: 'New', summary: 'a\nb' });
});

describe('the test’s template goes over the suite’s', () => {
  test.each<[string, BugTemplate, BugTemplate, BugTemplate]>([
    ['the test’s owner counts', { owner: 'a@t' }, { owner: 'a@s' }, { owner: 'a@t' }],
    ['an empty owner falls back', { owner: '' }, { owner: 'a@s' }, { owner: 'a@s' }],
    ['no template is the suite’s', {}, { labels: ['s'], title: 's' }, { labels: ['s'], title: 's' }],
    ['lists are joined, the test’s first', { cc: ['t@t'] }, { cc: ['s@s'] }, { cc: ['t@t', 's@s'] }],
    ['nothing is in a list twice', { labels: ['b', 'a'] }, { labels: ['a', 'c'] }, { labels: ['b', 'a', 'c'] }],
    ['what is empty in both is left out', { owner: '', cc: [] }, { owner: '', cc: [] }, {}],
  ])('%s', (_what, ofTest, ofSuite, merged) => {
    expect(mergeBugTemplates(ofTest, ofSuite)).toEqual(merged);
  });

  const words = fc.string({ maxLength: 5 });
  const address = fc.constantFrom('', 'a@b', 'c@d', 'e@f');
  const given = fc.record(
    {
      owner: address,
      cc: fc.array(address, { maxLength: 3 }),
      labels: fc.array(words, { maxLength: 3 }),
      status: words,
      title: words,
      summary: words,
    },
    { requiredKeys: [] },
  );
  const checked = given.map((template) => checkBugTemplate(template).template);

  test('whatever they hold: an empty one changes nothing, and the order of merging does not matter', () => {
    fc.assert(
      fc.property(checked, checked, checked, (a, b, c) => {
        expect(mergeBugTemplates({}, a)).toEqual(a);
        expect(mergeBugTemplates(a, {})).toEqual(a);
        expect(mergeBugTemplates(a, a)).toEqual(a);
        expect(mergeBugTemplates(a, mergeBugTemplates(b, c))).toEqual(mergeBugTemplates(mergeBugTemplates(a, b), c));
      }),
    );
  });

  test('and what comes out keeps the rules', () => {
    fc.assert(
      fc.property(checked, checked, (a, b) => {
        const merged = mergeBugTemplates(a, b);
        expect(checkBugTemplate(merged)).toEqual({ template: merged, problem: null });
      }),
    );
  });
});
