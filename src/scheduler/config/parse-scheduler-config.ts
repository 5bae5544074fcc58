import { excerpt } from '../../transport/excerpt.js';
import type { SuiteTask } from '../task.js';
import { knownEvents } from './event-keywords.js';
import { iniValues } from './ini-values.js';
import { parseIni } from './ini.js';
import { isEventSection, readEventSettings } from './read-event-settings.js';
import { problemOf } from './read-section.js';
import { readTask } from './read-task.js';
import { substanceOf } from './same-task.js';
import type { ConfigProblem, EventSettings, SchedulerConfig } from './types.js';

/** How a configuration is read. */
export interface ParseSchedulerConfigOptions {
  /**
   * The keywords of further events that tasks may name in `run_on`, and that may have a section of settings.
   *
   * @defaultValue none but `nightly`, `weekly`, `new_build` and `new_chrome`
   */
  readonly events?: readonly string[] | undefined;
  /**
   * The file's name, for the message of an error.
   *
   * @defaultValue none
   */
  readonly file?: string | undefined;
}

/**
 * Reads the text of a configuration file, INI as Python 2's ConfigParser reads it. A section that is malformed, could
 * never fire, or does the same as an earlier one (C6) is left out and told in `problems`.
 *
 * @throws SchedulerConfigError for a text that cannot be read as a whole: a line that is neither a section nor a key, a key
 * before the first section, or a size that no such file has (10 million characters, 5,000 sections, 1,000 keys in one)
 */
export function parseSchedulerConfig(text: string, options: ParseSchedulerConfigOptions = {}): SchedulerConfig {
  const { file = null } = options;
  const known = knownEvents(options.events);
  const tasks: SuiteTask[] = [];
  const events: [string, EventSettings][] = [];
  const problems: ConfigProblem[] = [];
  const taskOf = new Map<string, SuiteTask>();
  for (const section of iniValues(parseIni(text, file), file)) {
    if (isEventSection(section.name)) {
      const read = readEventSettings(section, known);
      if ('problem' in read) problems.push(read.problem);
      else events.push([read.keyword, read.settings]);
      continue;
    }
    const read = readTask(section, known);
    if ('problem' in read) {
      problems.push(read.problem);
      continue;
    }
    const substance = substanceOf(read.task);
    const same = taskOf.get(substance);
    if (same === undefined) {
      taskOf.set(substance, read.task);
      tasks.push(read.task);
    } else {
      const reason = `does the same as [${excerpt(same.name)}] in line ${String(same.line)}`;
      problems.push(problemOf(section, [{ line: section.line, reason }]));
    }
  }
  return { tasks, events: Object.fromEntries(events), problems };
}
