/** What policies talk about here, in plain words: agents, tools and environments. */
import { CEDAR_LEXICON, type FieldPhrase, type Lexicon } from '../cedar/words-lexicon.ts';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function timeOfDay(minute: number): string | undefined {
  if (minute < 0 || minute > 1440) return undefined;
  const [hours, minutes] = [Math.floor(minute / 60), minute % 60];
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

const SESSION: readonly (readonly [string, FieldPhrase])[] = [
  ['now', { text: 'the current time', is: 'now' }],
  ['hour', { text: 'the hour' }],
  ['minute_of_day', { text: 'the minute of the day', explain: timeOfDay }],
  ['weekday', { text: 'the weekday', explain: (day) => DAYS[day - 1] }],
  ['goal_length', { text: 'the length of the goal' }],
  ['same_tool_calls', { text: 'the number of calls of the same tool' }],
  ['malformed', { text: 'the list of unreadable fields' }],
];

/** The words for this product's policies; see `Lexicon`. */
export const STAGE0_LEXICON: Lexicon = {
  ...CEDAR_LEXICON,
  variables: {
    principal: 'the agent',
    action: 'the tool',
    resource: 'the environment',
    context: 'the context',
  },
  nouns: { principal: 'agent', action: 'tool', resource: 'environment' },
  types: new Map([
    ['Agent', 'agent'],
    ['Role', 'role'],
    ['Environment', 'environment'],
    ['Action', 'tool'],
  ]),
  groups: new Map([['Action', 'group']]),
  fields: new Map(SESSION.map(([name, phrase]) => [`session.${name}`, phrase])),
  records: new Map([['limits', 'the limit']]),
};
