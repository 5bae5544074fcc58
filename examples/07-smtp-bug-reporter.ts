/**
 * Failures by e-mail: a mailer that speaks SMTP, beside a tracker for the suites that file bugs. `bugTrackerReporter`
 * decides which of the two is told.
 *
 * The mail server runs in this process. One test fails with a reason that tries to become headers and commands: neither
 * works, because what goes into a header is encoded, what goes into a command is checked, and the text is base64.
 */
import { createServer, createConnection, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import {
  bugTrackerReporter,
  reimageAndRun,
  type BugTracker,
  type FailureMailer,
  type FailureReport,
} from 'dynamic-suite';
import { embeddedLab } from 'dynamic-suite/testing';

interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  readonly from: string;
  /** Who gets an e-mail about a test whose template names nobody. */
  readonly to: string;
}

/** Sends each failure to the owner and the `cc` of its template. Without encryption: for a mail server next door. */
function smtpMailer(options: SmtpOptions): FailureMailer {
  return {
    async send(failure, { signal, clock }) {
      const { owner = options.to, cc = [] } = failure.template;
      const recipients = [...new Set([owner, ...cc])];
      for (const address of [options.from, ...recipients]) {
        if (!/^[^\s<>\p{C}]+@[^\s<>\p{C}]+$/u.test(address)) throw new Error('An address that is none');
      }
      signal.throwIfAborted();
      // Real input and output: the lab's clock, which would jump ahead, has to wait for it.
      const release = clock.hold?.();
      const socket = createConnection({ host: options.host, port: options.port });
      const stop = () => socket.destroy(new Error('Stopped'));
      signal.addEventListener('abort', stop, { once: true });
      try {
        await deliver(socket, options.from, recipients, message(options.from, owner, cc, failure, clock.now()));
      } finally {
        signal.removeEventListener('abort', stop);
        socket.destroy();
        release?.();
      }
    },
  };
}

/** One conversation of SMTP: each command waits for its answer. */
async function deliver(socket: Socket, from: string, to: readonly string[], text: string): Promise<void> {
  const steps: readonly (readonly [command: string | null, expected: string])[] = [
    [null, '220'],
    ['HELO dynamic-suite', '250'],
    [`MAIL FROM:<${from}>`, '250'],
    ...to.map((address) => [`RCPT TO:<${address}>`, '250'] as const),
    ['DATA', '354'],
    [`${text}\r\n.`, '250'],
    ['QUIT', '221'],
  ];
  const answers = answersOf(socket);
  for (const [command, expected] of steps) {
    if (command !== null) socket.write(`${command}\r\n`);
    const { value } = await answers.next();
    const code = value?.slice(0, 3) ?? 'nothing';
    if (code !== expected) throw new Error(`The mail server answered ${code} where ${expected} was due`);
  }
}

/** The last line of each answer: of one with several lines the others have a hyphen behind the code. */
async function* answersOf(socket: Socket): AsyncGenerator<string, undefined, undefined> {
  let rest = '';
  for await (const chunk of socket.setEncoding('latin1')) {
    rest += String(chunk);
    if (rest.length > 10_000) throw new Error('The mail server does not stop talking');
    const lines = rest.split('\r\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line[3] !== '-');
  }
  return undefined;
}

/** The lines of an e-mail. Base64 holds no line that is a dot, and no character that a mail server could change. */
function message(from: string, to: string, cc: readonly string[], failure: FailureReport, nowMs: number): string {
  const body = Buffer.from(failure.text, 'utf8').toString('base64');
  return [
    `Date: ${new Date(nowMs).toUTCString().replace('GMT', '+0000')}`,
    `From: <${from}>`,
    `To: <${to}>`,
    ...(cc.length === 0 ? [] : [`Cc: ${cc.map((address) => `<${address}>`).join(',\r\n ')}`]),
    `Subject: ${encodedWords(failure.title)}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(body.match(/.{1,76}/gu) ?? []),
  ].join('\r\n');
}

/** Any text as a header may have it (RFC 2047): letters of base64, in words that are not too long. */
function encodedWords(text: string): string {
  const words = text.match(/.{1,10}/gsu) ?? [''];
  return words.map((word) => `=?utf-8?B?${Buffer.from(word, 'utf8').toString('base64')}?=`).join('\r\n ');
}

/** This lab has no tracker, and no suite that needs one. */
const noTracker: BugTracker = {
  findByAnchor: () => Promise.reject(new Error('This lab has no bug tracker')),
  read: () => Promise.resolve(null),
  create: () => Promise.reject(new Error('This lab has no bug tracker')),
  comment: () => Promise.reject(new Error('This lab has no bug tracker')),
};

// A mail server, as far as it is needed: it keeps the commands and the lines of each message.
const commands: string[] = [];
const messages: string[][] = [];
const server = createServer((socket) => {
  let message: string[] | undefined;
  socket.write('220 mail.lab.example\r\n');
  createInterface({ input: socket }).on('line', (line) => {
    if (message !== undefined) {
      if (line !== '.') return void message.push(line);
      messages.push(message);
      message = undefined;
      return void socket.write('250 kept\r\n');
    }
    commands.push(line);
    if (line === 'DATA') message = [];
    socket.write(line === 'DATA' ? '354 go on\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 fine\r\n');
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;

const lab = await embeddedLab()
  .board('x86-mario', { hosts: 4 })
  .build('x86-mario-release/R19-1998.0.0', new URL('build', import.meta.url).pathname)
  .test('graphics_FillRate', { status: 'FAIL', reason: 'bad\r\nBcc: all@lab.example\r\n.\r\nMAIL FROM:<evil@example>' })
  .start();

try {
  const mailer = smtpMailer({ host: '127.0.0.1', port, from: 'suites@lab.example', to: 'lab@lab.example' });
  const outcome = await reimageAndRun({
    ...lab.suiteArguments('graphics', 'x86-mario'),
    fileBugs: true,
    bugTemplate: { owner: 'graphics@lab.example', cc: ['lab@lab.example'] },
    bugReporter: bugTrackerReporter({ tracker: noTracker, mailer }),
    onEvent(event) {
      if (event.type === 'warning') console.log(`warning: ${event.message}`);
    },
  });
  console.log(`${outcome.suite}: ${outcome.summary}\n`);
  for (const command of commands) console.log(`> ${command}`);
  for (const lines of messages) {
    const end = lines.indexOf('');
    console.log(`\n${lines.slice(0, end).join('\n')}\n`);
    console.log(Buffer.from(lines.slice(end).join(''), 'base64').toString('utf8'));
  }
} finally {
  server.close();
}
