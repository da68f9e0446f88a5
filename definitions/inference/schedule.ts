import * as z from 'zod';
import { withRules } from '../schema/extensions';

const field =
  '([0-9*?,/-]|[jJ][aA][nN]|[fF][eE][bB]|[mM][aA][rRyY]|[aA][pP][rR]|[jJ][uU][nNlL]|[aA][uU][gG]|[sS][eE][pP]|[oO][cC][tT]|[nN][oO][vV]|[dD][eE][cC]|[sS][uU][nN]|[mM][oO][nN]|[tT][uU][eE]|[wW][eE][dD]|[tT][hH][uU]|[fF][rR][iI]|[sS][aA][tT])+';

/** What a schedule looks like: a CronJob takes it unless a number is out of its range, which only parsing shows. */
export const schedulePattern = `^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|@every ([0-9]+([.][0-9]+)?(ns|us|ms|s|m|h))+|${field}( +${field}){4})$`;

/** When a scheduled run is executed, as in a CronJob. */
export const schedule = withRules(z.string().max(256), {
  rule: `self.matches('${schedulePattern}')`,
  message:
    'must be five fields (minute, hour, day of month, month, day of week), @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly or @every and a duration; a time zone goes to timeZone',
});
