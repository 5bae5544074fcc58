import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
import { HttpAfeClient, HttpCrashServerClient, HttpDevServerClient, HttpTkoClient } from 'dynamic-suite';
import {
  afeClientConformance,
  crashServerClientConformance,
  devServerClientConformance,
  tkoClientConformance,
  type EmbeddedLab,
  type LabUrls,
} from 'dynamic-suite/testing';
import { labHandlers } from 'dynamic-suite/testing/msw';

describe('the clients of a lab, in process', () => {
  describe('AFE', () => eachCase(afeClientConformance(({ afe }) => afe)));
  describe('TKO', () => eachCase(tkoClientConformance(({ tko }) => tko)));
  describe('dev server', () => eachCase(devServerClientConformance(({ devServer }) => devServer)));
  describe('crash server', () => eachCase(crashServerClientConformance(({ crashServer }) => crashServer)));
});

describe('the clients over HTTP', () => {
  overSockets((lab) => lab.listen());
});

describe('the clients over HTTP, with msw in place of the network', () => {
  const server = setupServer();
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
  afterEach(() => server.resetHandlers());
  afterAll(() => server.close());
  overSockets(async (lab) => {
    server.use(...labHandlers(lab));
    return lab.urls;
  });
});

function overSockets(open: (lab: EmbeddedLab) => Promise<LabUrls>): void {
  describe('AFE', () => {
    eachCase(afeClientConformance(async (lab) => new HttpAfeClient({ url: (await open(lab)).afe, clock: lab.clock })));
  });
  describe('TKO', () => {
    eachCase(tkoClientConformance(async (lab) => new HttpTkoClient({ url: (await open(lab)).tko, clock: lab.clock })));
  });
  describe('dev server', () => {
    eachCase(
      devServerClientConformance(
        async (lab) => new HttpDevServerClient({ url: (await open(lab)).devServer, clock: lab.clock }),
      ),
    );
  });
  describe('crash server', () => {
    eachCase(
      crashServerClientConformance(
        async (lab) => new HttpCrashServerClient({ url: (await open(lab)).crashServer, clock: lab.clock }),
      ),
    );
  });
}

function eachCase(cases: ReturnType<typeof afeClientConformance>): void {
  for (const { name, run } of cases) test(name, run);
}
