import type { VettedLocation } from './git-url.js';

/**
 * The environment of a git process: that of this one, without what would lead git elsewhere or have it start programs,
 * and without the user's and the machine's configuration.
 *
 * Header and settings go this way, since everybody on the machine can read the arguments of a process.
 */
export function gitEnvironment(
  location: VettedLocation | undefined,
  config: Readonly<Record<string, string>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !/^(?:GIT_|SSH_ASKPASS$)/i.test(name)) environment[name] = value;
  }
  const settings = Object.entries(config);
  if (location?.authorization !== undefined) {
    const { protocol, host } = new URL(location.url);
    settings.push([`http.${protocol}//${host}/.extraHeader`, `Authorization: ${location.authorization}`]);
  }
  for (const [index, [key, value]] of settings.entries()) {
    environment[`GIT_CONFIG_KEY_${String(index)}`] = key;
    environment[`GIT_CONFIG_VALUE_${String(index)}`] = value;
  }
  const hasSshCommand = settings.some(([key]) => key.toLowerCase() === 'core.sshcommand');
  return {
    ...environment,
    ...(hasSshCommand ? {} : { GIT_SSH_COMMAND: 'ssh -oBatchMode=yes' }),
    GIT_CONFIG_COUNT: String(settings.length),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    // Its messages are read.
    LC_ALL: 'C',
    LANGUAGE: 'C',
  };
}

/** What every git process is told: to run no hooks, and to give up a server that sends nothing for a minute. */
export const safeSettings: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'protocol.ext.allow': 'never',
  'fetch.recurseSubmodules': 'false',
  'http.lowSpeedLimit': '1',
  'http.lowSpeedTime': '60',
  'http.followRedirects': 'initial',
  // Tidying up is done before git ends, not by a process that it leaves behind.
  'gc.autoDetach': 'false',
  'maintenance.autoDetach': 'false',
};
