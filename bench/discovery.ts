import { devServerControlFiles, findTests, HttpDevServerClient, inSuite } from 'dynamic-suite';
import { embeddedLab, VirtualClock } from 'dynamic-suite/testing';
import { build, controlFiles, suite } from './bench-lab.js';
import { countingTransport } from './counting-transport.js';
import { atMost, type Figure, type FigureGroup } from './figure.js';
import { slowNetwork } from './slow-network.js';

const all = 2000;
const ofSuite = 60;
const latencyMs = 5;
const everythingIsRead = 'no target: a file a request, eight at a time, which is what such a server leaves to do';

interface Server {
  readonly name: string;
  readonly listSuiteControls: boolean;
  readonly knowsSuite: boolean;
}

const servers: readonly Server[] = [
  { name: 'with list_suite_controls', listSuiteControls: true, knowsSuite: true },
  { name: 'with list_suite_controls, suite unknown', listSuiteControls: true, knowsSuite: false },
  { name: 'without list_suite_controls', listSuiteControls: false, knowsSuite: true },
  { name: 'without list_suite_controls, suite unknown', listSuiteControls: false, knowsSuite: false },
];

/** Finding a suite's tests on a dev server: requests, and how many round trips long they take. In virtual time: exact. */
export async function discoveryFigures(): Promise<readonly FigureGroup[]> {
  const figures: Figure[] = [];
  for (const server of servers) figures.push(...(await discovery(server)));
  return [
    {
      title: `Finding ${ofSuite} tests among ${all.toLocaleString('en-US')} control files, ${latencyMs} ms a request`,
      figures,
    },
  ];
}

async function discovery({ name, listSuiteControls, knowsSuite }: Server): Promise<readonly Figure[]> {
  const clock = new VirtualClock();
  const files = allFiles();
  const suites = knowsSuite ? {} : { suites: {} };
  const lab = await embeddedLab({ clock, listSuiteControls })
    .build(build, { controlFiles: Object.fromEntries(files), ...suites })
    .start();
  await lab.devServer.stage({ build, artifacts: ['control_files', 'test_suites'] });
  const { transport, take } = countingTransport(lab.transport);
  const client = new HttpDevServerClient({ url: lab.urls.devServer, ...slowNetwork(transport, clock, latencyMs) });
  const startMs = clock.now();
  const getter = devServerControlFiles({ client, build });
  const { tests } = await findTests({ getter, suite, predicates: [inSuite(suite)] });
  const elapsedMs = clock.now() - startMs;
  if (tests.length !== ofSuite) throw new Error(`${tests.length} of ${ofSuite} tests found`);
  const { calls, bytesReceived } = take();
  const hasTarget = listSuiteControls || knowsSuite;
  return [
    { name, value: calls, unit: 'requests' },
    {
      name,
      value: elapsedMs / latencyMs,
      unit: 'round trips long',
      ...(hasTarget ? { target: atMost(12) } : { note: everythingIsRead }),
    },
    { name, value: bytesReceived, unit: 'bytes received' },
  ];
}

function allFiles(): ReadonlyMap<string, string> {
  return new Map([
    ...controlFiles(ofSuite),
    ...controlFiles(all - ofSuite, { prefix: 'other_Test', inSuite: 'other' }),
  ]);
}
