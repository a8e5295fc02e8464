import { expect, test } from 'vitest';
import { readPack } from '../pack/read.ts';
import { mutantsOfPack } from '../simulation/mutation.ts';
import { createEngine } from './engine-client.ts';
import { createLocalEngine } from './engine.ts';
import { examplePacks, must } from './engine-parity.test.ts';

test('the pool finds the mistakes that this thread finds, and stops when told to', async () => {
  const whole = [...(examplePacks.get('internal-tools') ?? new Map<string, string>())];
  // With a third of its scenarios, so that there is something that nobody notices.
  const files = new Map(
    whole.filter(([path], index) => !path.startsWith('scenarios/') || index % 3 === 0),
  );
  const { pack } = readPack(files);
  const all = pack === undefined ? [] : mutantsOfPack(pack).map(({ key }) => key);
  const keys = all.filter((_, index) => index % 8 === 0);
  const [there, here] = [createEngine({ pauseMs: 1_000_000 }), createLocalEngine()];
  must(await there.open('p', files));
  must(await here.open('p', files));
  const progress: number[] = [];
  const result = must(
    await there.mutate('p', keys, (done, total) => {
      expect(total).toBe(keys.length);
      progress.push(done);
    }),
  );
  expect(result).toEqual(must(await here.mutate('p', keys)));
  expect(result.survivors.length).toBeGreaterThan(0);
  expect(progress.length).toBeGreaterThan(1);

  let heard = 0;
  const cancelled = there.mutate('p', undefined, () => {
    heard += 1;
    if (heard === 1) void there.cancelProbe('p');
  });
  expect(await cancelled).toMatchObject({ error: { code: 'SUPERSEDED' } });
  there.close();
}, 60_000);
