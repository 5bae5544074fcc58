import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { labStatusPage, type LabStatusPageOptions } from '../../../src/scheduler/lab-status/lab-status-page.js';
import { whyClosed } from '../../../src/scheduler/lab-status/closed-builds.js';
import { embeddedLab, type EmbeddedLab } from '../../../src/testing/index.js';
import type { HttpRequest, HttpTransport } from '../../../src/index.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function startLab(): Promise<EmbeddedLab> {
  const lab = await embeddedLab().start();
  closing.push(() => lab.close());
  return lab;
}

function pageOf(options: LabStatusPageOptions) {
  const page = labStatusPage(options);
  closing.push(() => page.close());
  return page;
}

/** Answers with each of the texts in turn, the last one for ever. */
function answering(...bodies: readonly string[]): HttpTransport & { readonly requests: HttpRequest[] } {
  const requests: HttpRequest[] = [];
  return {
    requests,
    async request(request) {
      const text = bodies[Math.min(requests.length, bodies.length - 1)] ?? '';
      requests.push(request);
      return { status: 200, headers: {}, body: new TextEncoder().encode(text) };
    },
  };
}

test('the page says whether the lab is open, and for which builds it is not', async () => {
  const lab = await startLab();
  const page = pageOf({ url: lab.urls.labStatus, transport: lab.transport, clock: lab.clock });
  expect(await page.read()).toEqual({ state: 'open', message: 'Lab is up', problem: null });
  lab.setStatus({ state: 'throttled', message: 'Lab is up [lumpy-.*]' });
  const report = await page.read();
  expect(whyClosed(report, 'lumpy-release/R1-1.0.0')).toContain('matches lumpy-.*');
  expect(whyClosed(report, 'link-release/R1-1.0.0')).toBeNull();
  lab.setStatus({ state: 'maintenance' });
  expect(whyClosed(await page.read(), 'link-release/R1-1.0.0')).toContain('Lab is closed for maintenance');
});

test('the page is read over HTTP', async () => {
  const lab = await startLab();
  const { labStatus } = await lab.listen();
  const page = pageOf({ url: labStatus });
  lab.setStatus({ state: 'closed', message: 'Power cut' });
  expect(await page.read()).toEqual({ state: 'closed', message: 'Power cut', problem: null });
});

test.each(['refuse', '503', 'html', 'garbage', 'truncate', 'lose-answer'] as const)(
  'a page that cannot be had four times is had the fifth time: %s',
  async (kind) => {
    const lab = await startLab();
    lab.faults.add({ service: 'labStatus', kind, count: 4 });
    lab.setStatus({ state: 'closed' });
    const page = pageOf({ url: lab.urls.labStatus, transport: lab.transport, clock: lab.clock });
    expect(await page.read()).toMatchObject({ state: 'closed', problem: null });
    expect(lab.calls.count('current')).toBe(5);
  },
);

test.each(['refuse', '503', 'garbage', 'stall'] as const)(
  'a page that cannot be had at all counts as open, and says so: %s',
  async (kind) => {
    const lab = await startLab();
    lab.faults.add({ service: 'labStatus', kind, count: 100 });
    lab.setStatus({ state: 'closed' });
    const startMs = lab.clock.now();
    const report = await pageOf({ url: lab.urls.labStatus, transport: lab.transport, clock: lab.clock }).read();
    expect(report).toMatchObject({ state: null, message: '', problem: expect.stringMatching(/./) as string });
    expect(whyClosed(report, 'link-release/R1-1.0.0')).toBeNull();
    expect(lab.calls.count('current')).toBeLessThanOrEqual(5);
    expect(lab.clock.now() - startMs).toBeLessThanOrEqual(90_000);
  },
);

test.each([
  '[]',
  '{}',
  '{"general_state": 1, "message": ""}',
  '{"general_state": "open", "message": {}}',
  '{"general_state"',
  `{"general_state": "open", "message": ${'['.repeat(20)}${']'.repeat(20)}}`,
])('an answer that is none counts as open, and is told: %s', async (body) => {
  const { clock } = await startLab();
  const report = await pageOf({ url: 'http://status.lab/x', transport: answering(body), clock }).read();
  expect(report.state).toBeNull();
  expect(report.problem).toContain('status page: bad answer');
});

test('a page without a message has an empty one', async () => {
  const transport = answering('{"general_state": "open", "message": null}');
  expect(await pageOf({ url: 'http://status.lab/x', transport }).read()).toEqual({
    state: 'open',
    message: '',
    problem: null,
  });
});

test('a page of more than 64 KiB is not read', async () => {
  const server = createServer((_, response) =>
    response.end(JSON.stringify({ general_state: 'closed', message: 'x'.repeat(70_000) })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const { clock } = await startLab();
  const { port } = server.address() as AddressInfo;
  const report = await pageOf({ url: `http://127.0.0.1:${String(port)}/`, clock }).read();
  expect(report).toMatchObject({ state: null, problem: expect.stringContaining('more than 65536 bytes') as string });
});

test('the user and password of the URL are sent, and shown nowhere', async () => {
  const transport = answering('nothing');
  const { clock } = await startLab();
  const report = await pageOf({ url: 'http://me:secret@status.lab/x', transport, clock }).read();
  expect(transport.requests[0]).toMatchObject({
    url: 'http://status.lab/x',
    headers: { authorization: expect.any(String) as string },
  });
  expect(report.problem).not.toContain('secret');
});

test('an abort ends the tries at once', async () => {
  const lab = await startLab();
  lab.faults.add({ service: 'labStatus', kind: 'refuse', count: 100 });
  const reason = new Error('enough');
  const end = new AbortController();
  const reading = pageOf({
    url: lab.urls.labStatus,
    transport: lab.transport,
    clock: lab.clock,
    logger: { ...console, warn: () => end.abort(reason) },
  }).read({ signal: end.signal });
  await expect(reading).rejects.toBe(reason);
  expect(lab.calls.count('current')).toBe(1);
});

test.each(['ftp://status.lab/', 'status.lab', '', 'http:///x'])('%j is no address of a page', (url) => {
  expect(() => labStatusPage({ url })).toThrow(/must be an http or https URL/);
});
