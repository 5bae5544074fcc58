import type { Logger } from '../runtime/logger.js';
import type { SchedulerNewsDetails } from './scheduler-news.js';

/** A line of the log for each of the news; a turn in which nothing was due has none above `debug`. */
export function logNews(news: SchedulerNewsDetails, logger: Logger): void {
  switch (news.type) {
    case 'launch': {
      const { type, record, problem } = news.launch;
      const { suite, testSourceBuild, task } = record.launch;
      const line = `${type}: ${suite} on ${testSourceBuild}`;
      if (type === 'launched' || type === 'adopted') return logger.info(line, { task, jobId: record.jobId });
      return logger.warn(line, { task, problem });
    }
    case 'missed':
      return logger.warn(`missed: ${news.event} of ${news.occurrence}`, { tasks: news.tasks });
    case 'problem':
      return logger.error(`${news.where} does not work: ${news.message}`);
    case 'mended':
      return logger.info(`${news.where} works again`);
    case 'warning':
      return logger.warn(news.message);
    case 'config-changed': {
      const { tasks, problems } = news.config;
      return logger.info('the configuration has changed', { tasks: tasks.length, malformed: problems.length });
    }
    case 'turn-ended': {
      const { ms, decisions, launches } = news.report;
      return logger.debug('turn ended', { ms, decisions: decisions.length, launches: launches.length });
    }
  }
}
