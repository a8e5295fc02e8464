import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'vitest';
import { parsePolicies } from './parse.ts';
import { policyWords } from './words.ts';
import { STAGE0_LEXICON } from '../decision/lexicon.ts';
test('x', () => {
  for (const pack of readdirSync('policies'))
    for (const f of readdirSync(`policies/${pack}/policies`)) {
      for (const p of parsePolicies(readFileSync(`policies/${pack}/policies/${f}`, 'utf8'))
        .policies) {
        const v = p.annotations.find((a) => a.name === 'verdict')
          ? 'Defers'
          : p.effect === 'permit'
            ? 'Permits'
            : 'Denies';
        console.log(policyWords(p, STAGE0_LEXICON, v).sentence);
      }
    }
});
